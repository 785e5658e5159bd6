package dev.tarry.testkit;

import dev.tarry.events.Outcome;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;

/**
 * Hashes of values that are the same in each run and each JVM, as {@link Object#hashCode} is not:
 * not of enums, of objects without one of their own, nor of records of these.
 *
 * <p>Taken in are strings, numbers, enums, times, arrays of these, collections of the JDK, and
 * records, down to a certain depth; not by methods of the user's, which might do anything. Of
 * everything else only the class counts: of paths, too, since tests give those random names.
 */
final class Values {
    private static final int DEEPEST = 6;
    private static final int MOST_ELEMENTS = 1000;

    /** The fields of a record; none if its module does not open it to us. */
    private static final ClassValue<Field[]> FIELDS =
            new ClassValue<>() {
                @Override
                protected Field[] computeValue(Class<?> type) {
                    return fields(type);
                }
            };

    private Values() {}

    static long hash(@Nullable Object value) {
        try {
            return hash(value, 0);
        } catch (RuntimeException | StackOverflowError e) {
            return ofClass(value); // a collection that another thread changes meanwhile, say
        }
    }

    private static long hash(@Nullable Object value, int depth) {
        return switch (value) {
            case null -> 1;
            case Outcome<?> outcome -> outcome(outcome, depth);
            case String s -> s.hashCode(); // which is specified
            case Boolean b -> b ? 2 : 3;
            case Character c -> c;
            case Double d -> Double.doubleToLongBits(d);
            case Float f -> Float.floatToIntBits(f);
            case Number n when isPlain(n) -> text(n);
            case Enum<?> e -> Seeds.mix(e.getDeclaringClass().getName().hashCode(), text(e.name()));
            case Temporal t when isOfTheJdk(t) -> text(t);
            case TemporalAmount t when isOfTheJdk(t) -> text(t);
            case UUID id -> text(id);
            case OptionalInt o -> text(o);
            case OptionalLong o -> text(o);
            case OptionalDouble o -> text(o);
            case Class<?> c -> c.getName().hashCode();
            default -> depth == DEEPEST ? ofClass(value) : composed(value, depth + 1);
        };
    }

    private static long composed(Object value, int depth) {
        return switch (value) {
            case Optional<?> o -> Seeds.mix(4, hash(o.orElse(null), depth));
            case Object[] array -> inOrder(Arrays.asList(array), depth);
            case List<?> list when isOfTheJdk(list) -> inOrder(list, depth);
            case Queue<?> queue when isOfTheJdk(queue) -> inOrder(queue, depth);
            case Set<?> set when isOfTheJdk(set) -> inAnyOrder(set, depth);
            case Map<?, ?> map when isOfTheJdk(map) -> inAnyOrder(map.entrySet(), depth);
            case Map.Entry<?, ?> e when isOfTheJdk(e) ->
                    Seeds.mix(hash(e.getKey(), depth), hash(e.getValue(), depth));
            case Record r -> ofRecord(r, depth);
            default -> value.getClass().isArray() ? ofPrimitives(value) : ofClass(value);
        };
    }

    /** Of what has failed only the class: messages name addresses and descriptors. */
    private static long outcome(Outcome<?> outcome, int depth) {
        return switch (outcome) {
            case Outcome.Value<?>(Object value) -> hash(value, depth);
            case Outcome.Failed<?>(Throwable cause) -> Seeds.mix(5, ofClass(cause));
            case Outcome.Closed<?> closed -> 6;
        };
    }

    private static long inOrder(Collection<?> elements, int depth) {
        long hash = elements.size();
        int left = MOST_ELEMENTS;
        for (Object element : elements) {
            if (--left < 0) {
                break;
            }
            hash = Seeds.mix(hash, hash(element, depth));
        }
        return hash;
    }

    /** The order of a set is not part of its value, and is another one in each JVM. */
    private static long inAnyOrder(Collection<?> elements, int depth) {
        long sum = elements.size();
        if (elements.size() <= MOST_ELEMENTS) { // else which of them come first is not known
            for (Object element : elements) {
                sum += Seeds.mix(7, hash(element, depth));
            }
        }
        return sum;
    }

    private static long ofRecord(Record value, int depth) {
        long hash = ofClass(value);
        for (Field field : FIELDS.get(value.getClass())) {
            try {
                hash = Seeds.mix(hash, hash(field.get(value), depth));
            } catch (IllegalAccessException e) {
                return ofClass(value);
            }
        }
        return hash;
    }

    /** Fields, and not the accessors, which may be anybody's code. */
    private static Field[] fields(Class<?> type) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Field[] fields = new Field[components.length];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = type.getDeclaredField(components[i].getName());
                if (!fields[i].trySetAccessible()) {
                    return new Field[0];
                }
            }
            return fields;
        } catch (ReflectiveOperationException e) {
            return new Field[0];
        }
    }

    private static long ofPrimitives(Object array) {
        return switch (array) {
            case byte[] a -> Arrays.hashCode(a);
            case int[] a -> Arrays.hashCode(a);
            case long[] a -> Arrays.hashCode(a);
            case char[] a -> Arrays.hashCode(a);
            case short[] a -> Arrays.hashCode(a);
            case double[] a -> Arrays.hashCode(a);
            case float[] a -> Arrays.hashCode(a);
            case boolean[] a -> Arrays.hashCode(a);
            default -> ofClass(array);
        };
    }

    private static boolean isPlain(Number n) {
        return n instanceof Integer
                || n instanceof Long
                || n instanceof Short
                || n instanceof Byte
                || n.getClass() == BigInteger.class
                || n.getClass() == BigDecimal.class;
    }

    private static boolean isOfTheJdk(Object value) {
        return value.getClass().getModule() == Object.class.getModule();
    }

    private static long text(Object value) {
        return value.toString().hashCode();
    }

    private static long ofClass(@Nullable Object value) {
        if (value == null) {
            return 1;
        }
        Class<?> type = value.getClass();
        // The names of hidden classes, as lambdas have, are made anew in each run.
        return type.isHidden() || type.isSynthetic() ? 8 : type.getName().hashCode();
    }
}
