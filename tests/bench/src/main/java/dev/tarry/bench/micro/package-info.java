/** One small JMH benchmark per file, each with its peers beside it. */
package dev.tarry.bench.micro;
