/** Results as a table, a plot, and a section of docs/BENCHMARKS.md. */
package dev.tarry.bench.report;
