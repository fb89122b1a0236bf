using System.Reflection;

namespace Orrery.Actors.Tests;

/// <summary>Freezes the public names and signatures, so that a change shows in review.</summary>
public sealed class PublicApiTests
{
    private static readonly string Expected = Path.Combine(AppContext.BaseDirectory, "PublicApi.approved.txt");

    [Fact]
    public void The_public_api_is_the_approved_one()
    {
        var actual = string.Join('\n', Describe()) + "\n";
        var approved = File.ReadAllText(Expected);
        if (actual == approved) return;

        var received = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        File.WriteAllText(received, actual);
        var changes = actual.Split('\n').Except(approved.Split('\n')).Select(line => "+ " + line)
            .Concat(approved.Split('\n').Except(actual.Split('\n')).Select(line => "- " + line));
        Assert.Fail($"If the change is meant, approve {received}:\n{string.Join('\n', changes)}");
    }

    private static IEnumerable<string> Describe()
    {
        foreach (var type in typeof(ActorSystem).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            yield return $"{Kind(type)} {Name(type)}{Bases(type)}";
            foreach (var line in Members(type).Order(StringComparer.Ordinal)) yield return "    " + line;
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield return Signature(type.GetMethod("Invoke")!);
            yield break;
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
        {
            yield return $"{Access(constructor)}new({Parameters(constructor)})";
        }

        foreach (var method in type.GetMethods(Declared).Where(method => IsVisible(method) && !method.IsSpecialName && !IsGenerated(type, method)))
        {
            yield return Access(method) + Signature(method);
        }

        foreach (var property in type.GetProperties(Declared).Where(property => property.GetMethod is { } getter && IsVisible(getter)))
        {
            if (property.Name == "EqualityContract") continue;
            var setter = property.SetMethod is { } set && IsVisible(set) ? " set;" : "";
            yield return $"{Access(property.GetMethod!)}{Name(property.PropertyType)} {property.Name} {{ get;{setter} }}";
        }

        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic && !field.IsSpecialName))
        {
            yield return $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>What the compiler adds to records, and what every object has.</summary>
    private static bool IsGenerated(Type type, MethodInfo method) =>
        method.Name is "Equals" or "GetHashCode" or "ToString" or "PrintMembers" or "<Clone>$" or "Deconstruct"
        || method.Name.Contains('<', StringComparison.Ordinal) || (type.IsValueType && method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "")
        + (method.IsAbstract && !method.DeclaringType!.IsInterface ? "abstract " : method.IsVirtual && !method.IsFinal && !method.DeclaringType!.IsInterface ? "virtual " : "");

    private static string Signature(MethodInfo method)
    {
        var generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Name(method.ReturnType)} {method.Name}{generics}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? " = " + (p.DefaultValue ?? "null") : "")}"));

    private static string Kind(Type type) =>
        type.IsInterface ? "interface"
        : type.IsEnum ? "enum"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsValueType ? "struct"
        : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    private static string Bases(Type type)
    {
        if (type.IsEnum || type.IsValueType || typeof(Delegate).IsAssignableFrom(type)) return "";
        var bases = type.GetInterfaces().Where(i => i.IsVisible && i.Assembly == type.Assembly).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object)) bases.Insert(0, Name(parent));
        return bases.Count == 0 ? "" : " : " + string.Join(", ", bases);
    }

    private static string Name(Type type)
    {
        if (type.IsGenericParameter) return type.Name;
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        var name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Namespace == "Orrery.Actors" ? type.Name : $"{type.Namespace}.{type.Name}";
        if (!type.IsGenericType) return name.Replace("System.", "", StringComparison.Ordinal);
        return name[..name.IndexOf('`', StringComparison.Ordinal)].Replace("System.", "", StringComparison.Ordinal)
            + $"<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
