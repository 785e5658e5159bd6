/**
 * How fast Tarry is, beside its peers. {@link dev.tarry.bench.Main} is what {@code ./tarry bench}
 * starts.
 */
package dev.tarry.bench;
