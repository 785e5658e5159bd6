package dev.tarry.bench.report;

import java.util.List;

/**
 * What was measured of one contestant.
 *
 * @param group what it can be compared with: rows of the same group; may be empty
 * @param name the contestant
 * @param values one for each column; NaN where there is none
 */
public record Row(String group, String name, List<Double> values) {}
