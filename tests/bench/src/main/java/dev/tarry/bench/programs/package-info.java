/** What JMH cannot measure: memory, and delays that the operating system has a part in. */
package dev.tarry.bench.programs;
