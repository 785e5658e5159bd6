package dev.tarry.events;

/**
 * One delivery of a signal.
 *
 * @param signal which one
 * @param count how many of this signal the subscription has handed out, this one included
 */
public record SignalDelivery(Signal signal, long count) {}
