package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import java.io.IOException;

/** What the code of a scope throws comes out as it is. */
class ErrorsTest {

    @OnBothCarriers
    void mainThrowsAnError(Variant variant) {
        AssertionError error = new AssertionError("wrong");
        assertThatThrownBy(
                        () ->
                                variant.run(
                                        () -> {
                                            throw error;
                                        }))
                .isSameAs(error);
    }

    @OnBothCarriers
    void bodyThrowsAnError(Variant variant) throws Exception {
        StackOverflowError error = new StackOverflowError();
        variant.run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        scope -> {
                                                            throw error;
                                                        }))
                                .isSameAs(error));
    }

    @OnBothCarriers
    void bodyThrowsWhatItDeclares(Variant variant) throws Exception {
        IOException failure = new IOException("full");
        variant.run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        scope -> {
                                                            Tarry.yieldNow();
                                                            throw failure;
                                                        }))
                                .isSameAs(failure));
    }
}
