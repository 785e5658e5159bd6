/** Programs a person can run. */
package dev.tarry.demos;
