package dev.tarry.integration;

import dev.tarry.events.Event;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.guava.ListenableFutures;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.testkit.Simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which methods and constructors users can call with code or with an object of their own: those of
 * the exported packages, found by reflection.
 */
final class PublicCallbacks {
    private static final List<Class<?>> OF_EACH_PACKAGE =
            List.of(
                    Event.class,
                    Scheduler.class,
                    Tarry.class,
                    ListenableFutures.class,
                    Simulation.class);

    private PublicCallbacks() {}

    /** As {@code Scope.spawn(String, Body)}. */
    static Set<String> signatures() {
        Set<String> found = new TreeSet<>();
        for (Class<?> one : OF_EACH_PACKAGE) {
            for (Class<?> type : publicTypes(one)) {
                executables(type)
                        .filter(PublicCallbacks::takesUsersObject)
                        .forEach(e -> found.add(signature(type, e)));
            }
        }
        return found;
    }

    // ---- the types of a package

    private static List<Class<?>> publicTypes(Class<?> one) {
        try {
            URI place = one.getProtectionDomain().getCodeSource().getLocation().toURI();
            String folder = one.getPackageName().replace('.', '/');
            if (!place.getPath().endsWith(".jar")) {
                return publicTypes(one, Path.of(place).resolve(folder));
            }
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(place), Map.of())) {
                return publicTypes(one, jar.getPath(folder));
            }
        } catch (URISyntaxException | IOException e) {
            throw new IllegalStateException("where the classes of " + one.getPackage() + " are", e);
        }
    }

    private static List<Class<?>> publicTypes(Class<?> one, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("-info"))
                    .map(name -> one.getPackageName() + "." + name.replace(".class", ""))
                    .<Class<?>>map(name -> load(one, name))
                    .filter(PublicCallbacks::isPublic)
                    .toList();
        }
    }

    private static Class<?> load(Class<?> one, String name) {
        try {
            return Class.forName(name, false, one.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return isOpen(type.getModifiers()) && (outer == null || isPublic(outer));
    }

    private static boolean isOpen(int modifiers) {
        return (modifiers & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
    }

    // ---- what can be called

    /** Inherited ones, too, where they come from somebody else's type: {@code forEach}. */
    private static Stream<? extends Executable> executables(Class<?> type) {
        Stream<Constructor<?>> constructors =
                Arrays.stream(type.getDeclaredConstructors())
                        .filter(c -> !Modifier.isAbstract(type.getModifiers()) || !c.isVarArgs());
        Stream<Method> inherited =
                Arrays.stream(type.getMethods())
                        .filter(m -> isFromElsewhere(m.getDeclaringClass()));
        Stream<Method> methods =
                Stream.concat(Arrays.stream(type.getDeclaredMethods()), inherited).distinct();
        return Stream.concat(constructors, methods)
                .filter(e -> isOpen(e.getModifiers()) && !e.isSynthetic())
                .filter(e -> !e.getName().equals("equals"));
    }

    /** What {@code Object}, exceptions, enums and lists have is the JDK's alone. */
    private static boolean isFromElsewhere(Class<?> type) {
        return !type.getName().startsWith("dev.tarry.")
                && type != Object.class
                && type != Record.class
                && type != Enum.class
                && type != Comparable.class
                && !Throwable.class.isAssignableFrom(type)
                && !java.util.Collection.class.isAssignableFrom(type);
    }

    // ---- what a user can make

    private static boolean takesUsersObject(Executable executable) {
        Set<Type> seen = new HashSet<>();
        return Arrays.stream(executable.getGenericParameterTypes())
                .anyMatch(type -> isUsers(type, seen));
    }

    private static boolean isUsers(Type type, Set<Type> seen) {
        if (!seen.add(type)) {
            return false;
        }
        return switch (type) {
            case Class<?> c -> c.isArray() ? isUsers(c.getComponentType(), seen) : isUsers(c);
            case GenericArrayType array -> isUsers(array.getGenericComponentType(), seen);
            case TypeVariable<?> variable -> anyIsUsers(variable.getBounds(), seen);
            case WildcardType wildcard ->
                    anyIsUsers(wildcard.getUpperBounds(), seen)
                            || anyIsUsers(wildcard.getLowerBounds(), seen);
            case ParameterizedType generic ->
                    isUsers(generic.getRawType(), seen)
                            || anyIsUsers(generic.getActualTypeArguments(), seen);
            default -> throw new AssertionError(type);
        };
    }

    private static boolean anyIsUsers(Type[] types, Set<Type> seen) {
        return Arrays.stream(types).anyMatch(type -> isUsers(type, seen));
    }

    /** An interface, or a class of which users can have their own. */
    private static boolean isUsers(Class<?> type) {
        if (type.isPrimitive() || Modifier.isFinal(type.getModifiers()) || type.isSealed()) {
            return false;
        }
        return type.isInterface()
                || Arrays.stream(type.getDeclaredConstructors())
                        .anyMatch(c -> isOpen(c.getModifiers()));
    }

    private static String signature(Class<?> type, Executable executable) {
        String parameters =
                Arrays.stream(executable.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
        String name = executable instanceof Constructor<?> ? "new" : executable.getName();
        return nameOf(type) + "." + name + parameters;
    }

    private static String nameOf(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return (outer == null ? "" : nameOf(outer) + ".") + type.getSimpleName();
    }
}
