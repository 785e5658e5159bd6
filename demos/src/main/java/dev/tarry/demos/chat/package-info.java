/** A chat server that speaks IRC, written to show how a program with Tarry looks. */
package dev.tarry.demos.chat;
