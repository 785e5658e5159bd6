/** The echo server in several makes, and the driver that compares them from outside. */
package dev.tarry.bench.servers;
