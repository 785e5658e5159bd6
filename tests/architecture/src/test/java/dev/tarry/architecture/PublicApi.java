package dev.tarry.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What users can see of some packages, as text: a line for each public or protected class, and
 * below it one for each of its members, sorted. What a class has from a superclass that nobody can
 * see counts as its own.
 */
final class PublicApi {
    /** Packages whose classes are called by their last name only. */
    private static final Set<String> FAMILIAR =
            Set.of(
                    "java.lang",
                    "java.io",
                    "java.net",
                    "java.nio",
                    "java.nio.file",
                    "java.time",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.function");

    private static final Set<String> OF_OBJECT = Set.of("equals", "hashCode", "toString");

    private PublicApi() {}

    /** The lines for {@code packages}. */
    static List<String> of(Collection<String> packages) {
        TreeMap<String, Class<?>> visible = new TreeMap<>();
        for (JavaClass c :
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(packages)) {
            if (packages.contains(c.getPackageName())) {
                Class<?> found = c.reflect();
                if (isVisible(found)) {
                    visible.put(found.getCanonicalName(), found);
                }
            }
        }
        List<String> lines = new ArrayList<>();
        visible.forEach(
                (name, c) -> {
                    lines.add(name + ": " + head(c));
                    members(c).forEach(member -> lines.add("    " + member));
                });
        return lines;
    }

    private static boolean isVisible(Class<?> c) {
        if (c.isAnonymousClass() || c.isLocalClass() || c.isSynthetic()) {
            return false;
        }
        Class<?> outer = c.getEnclosingClass();
        return isVisible(c.getModifiers(), outer) && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(int modifiers, Class<?> in) {
        return Modifier.isPublic(modifiers)
                || (Modifier.isProtected(modifiers) && in != null && isExtensible(in));
    }

    private static boolean isExtensible(Class<?> c) {
        return !Modifier.isFinal(c.getModifiers()) && !c.isSealed();
    }

    // ---- classes

    private static String head(Class<?> c) {
        List<String> words = new ArrayList<>();
        if (Modifier.isProtected(c.getModifiers())) {
            words.add("protected");
        }
        if (c.isSealed() && !c.isEnum()) {
            words.add("sealed");
        }
        words.add(kind(c) + parameters(c.getTypeParameters()));
        AnnotatedType above = c.getAnnotatedSuperclass();
        if (above != null && above.getType() != Object.class && !c.isEnum() && !c.isRecord()) {
            words.add("extends " + name(above));
        }
        if (c.getInterfaces().length > 0 && !c.isAnnotation()) {
            words.add(c.isInterface() ? "extends" : "implements");
            words.add(names(c.getAnnotatedInterfaces()));
        }
        if (c.isSealed() && !c.isEnum()) {
            words.add("permits");
            words.add(
                    Arrays.stream(c.getPermittedSubclasses())
                            .map(p -> isVisible(p) ? name(p) : "...")
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
        return String.join(" ", words);
    }

    private static String kind(Class<?> c) {
        if (c.isAnnotation()) {
            return "annotation";
        }
        if (c.isInterface()) {
            return "interface";
        }
        if (c.isEnum()) {
            return "enum";
        }
        if (c.isRecord()) {
            return "record";
        }
        int modifiers = c.getModifiers();
        if (Modifier.isAbstract(modifiers)) {
            return "abstract class";
        }
        return Modifier.isFinal(modifiers) ? "final class" : "class";
    }

    // ---- members

    private static Collection<String> members(Class<?> c) {
        TreeMap<String, String> lines = new TreeMap<>(); // by name
        for (Constructor<?> made : c.getDeclaredConstructors()) {
            if (isVisible(made.getModifiers(), c) && !made.isSynthetic()) {
                String line = "new" + signature(made);
                lines.put(" " + line, modifiers(made.getModifiers(), c) + line);
            }
        }
        for (Class<?> from = c;
                from != null && (from == c || !isVisible(from));
                from = from.getSuperclass()) {
            Class<?> declaring = from;
            Stream.of(from.getDeclaredFields())
                    .filter(f -> isVisible(f.getModifiers(), c) && !f.isSynthetic())
                    .forEach(f -> lines.put(f.getName(), line(f, c)));
            Stream.of(from.getDeclaredMethods())
                    .filter(m -> isVisible(m.getModifiers(), c) && !m.isSynthetic())
                    .filter(m -> !isKnown(m, declaring))
                    .forEach(m -> lines.putIfAbsent(m.getName() + signature(m), line(m, c)));
        }
        return lines.values();
    }

    /** What each object, enum and record has. */
    private static boolean isKnown(Method m, Class<?> c) {
        String name = m.getName();
        return OF_OBJECT.contains(name)
                || (c.isEnum() && (name.equals("values") || name.equals("valueOf")));
    }

    private static String line(Field f, Class<?> c) {
        return f.isEnumConstant()
                ? f.getName()
                : modifiers(f.getModifiers(), c) + name(f.getAnnotatedType()) + " " + f.getName();
    }

    private static String line(Method m, Class<?> c) {
        String own = parameters(m.getTypeParameters());
        return (m.isDefault() ? "default " : modifiers(m.getModifiers(), c))
                + (own.isEmpty() ? "" : own + " ")
                + name(m.getAnnotatedReturnType())
                + " "
                + m.getName()
                + signature(m);
    }

    /** That methods of interfaces are abstract, and those of final classes final, goes unsaid. */
    private static String modifiers(int modifiers, Class<?> c) {
        StringBuilder words = new StringBuilder();
        if (Modifier.isProtected(modifiers)) {
            words.append("protected ");
        }
        if (Modifier.isStatic(modifiers)) {
            words.append("static ");
        }
        if (Modifier.isAbstract(modifiers) && !c.isInterface()) {
            words.append("abstract ");
        }
        if (Modifier.isFinal(modifiers) && isExtensible(c)) {
            words.append("final ");
        }
        return words.toString();
    }

    private static String signature(Executable e) {
        String all = names(e.getAnnotatedParameterTypes());
        if (e.isVarArgs()) {
            all = all.substring(0, all.length() - 2) + "...";
        }
        AnnotatedType[] thrown = e.getAnnotatedExceptionTypes();
        return "(" + all + ")" + (thrown.length == 0 ? "" : " throws " + names(thrown));
    }

    // ---- types

    private static String parameters(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Stream.of(variables)
                .map(v -> v.getName() + bounds(v.getAnnotatedBounds()))
                .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String bounds(AnnotatedType[] bounds) {
        String all = Stream.of(bounds).map(PublicApi::name).collect(Collectors.joining(" & "));
        return all.equals("Object") ? "" : " extends " + all;
    }

    private static String names(AnnotatedType[] types) {
        return Stream.of(types).map(PublicApi::name).collect(Collectors.joining(", "));
    }

    private static String name(AnnotatedType type) {
        boolean nullable =
                Stream.of(type.getAnnotations())
                        .anyMatch(a -> a.annotationType().getSimpleName().equals("Nullable"));
        return (nullable ? "@Nullable " : "") + plain(type);
    }

    private static String plain(AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType generic) {
            Type raw = ((ParameterizedType) generic.getType()).getRawType();
            return name((Class<?>) raw)
                    + "<"
                    + names(generic.getAnnotatedActualTypeArguments())
                    + ">";
        }
        if (type instanceof AnnotatedWildcardType wild) {
            if (wild.getAnnotatedLowerBounds().length > 0) {
                return "? super " + names(wild.getAnnotatedLowerBounds());
            }
            return "?" + bounds(wild.getAnnotatedUpperBounds());
        }
        if (type.getType() instanceof Class<?> c) {
            return name(c);
        }
        if (type.getType() instanceof GenericArrayType array) {
            return array.getGenericComponentType().getTypeName().replaceAll("[a-z]+\\.", "") + "[]";
        }
        return type.getType().getTypeName();
    }

    private static String name(Class<?> c) {
        if (c.isArray()) {
            return name(c.getComponentType()) + "[]";
        }
        String full = c.getCanonicalName();
        String in = c.getPackageName();
        boolean familiar = FAMILIAR.contains(in) || in.startsWith("dev.tarry.");
        return familiar && !c.isPrimitive() ? full.substring(in.length() + 1) : full;
    }
}
