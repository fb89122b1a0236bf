using System.Reflection;

namespace Orrery.Conventions.Tests.Determinism;

/// <summary>One line of src/BannedSymbols.Core.txt: a documentation id, and what to use in place of it.</summary>
internal sealed record BannedSymbol(string Id, string Reason);

/// <summary>The list of banned APIs, and whether each id on it names something: a misspelt line would ban nothing.</summary>
internal static class BannedSymbolList
{
    private const BindingFlags Any =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Framework =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => Assembly.Load(AssemblyName.GetAssemblyName(path))).ToArray();

    private static readonly HashSet<string> Namespaces =
        Framework.SelectMany(assembly => assembly.GetExportedTypes()).Select(type => type.Namespace ?? "").ToHashSet();

    public static IReadOnlyList<BannedSymbol> Core() =>
        Repository.Read("src/BannedSymbols.Core.txt").Lines.Where(line => line.Length > 0).Select(Parse).ToArray();

    public static BannedSymbol Parse(string line)
    {
        var parts = line.Split(';', 2);
        return new BannedSymbol(parts[0], parts.Length == 2 ? parts[1] : "");
    }

    public static bool Names(string id)
    {
        var name = id[2..];
        if (id[0] == 'N') return Namespaces.Contains(name);
        if (id[0] == 'T') return FindType(name) is not null;

        var parameters = name.IndexOf('(', StringComparison.Ordinal);
        var path = parameters < 0 ? name : name[..parameters];
        var dot = path.LastIndexOf('.');
        return FindType(path[..dot]) is { } type && (id[0] == 'P'
            ? type.GetProperty(path[(dot + 1)..], Any) is not null
            : type.GetMethods(Any).Any(method => method.Name == path[(dot + 1)..] && ParametersOf(method) == (parameters < 0 ? "" : name[parameters..])));
    }

    /// <summary>Whether the list bans what a line of the allow list would let through.</summary>
    public static bool Bans(this IEnumerable<BannedSymbol> list, string type, string member)
    {
        var property = member.StartsWith("get_", StringComparison.Ordinal) ? member[4..] : member;
        return list.Any(symbol => symbol.Id[0] switch
        {
            'N' => type.StartsWith(symbol.Id[2..] + ".", StringComparison.Ordinal),
            'T' => type == symbol.Id[2..],
            _ => symbol.Id[2..].Split('(')[0] == $"{type}.{property}" || (member == "*" && symbol.Id[2..].StartsWith(type + ".", StringComparison.Ordinal)),
        });
    }

    private static Type? FindType(string name) =>
        Framework.Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is not null);

    private static string ParametersOf(MethodInfo method)
    {
        var names = method.GetParameters().Select(parameter => DocumentationName(parameter.ParameterType)).ToArray();
        return names.Length == 0 ? "" : $"({string.Join(',', names)})";
    }

    private static string DocumentationName(Type type) => !type.IsGenericType
        ? type.FullName ?? type.Name
        : $"{type.GetGenericTypeDefinition().FullName!.Split('`')[0]}{{{string.Join(',', type.GetGenericArguments().Select(DocumentationName))}}}";
}
