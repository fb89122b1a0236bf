using System.Reflection;
using System.Reflection.Metadata;

namespace Orrery.Conventions.Tests.Determinism;

/// <summary>What the judged types of an assembly must not contain, whatever they call.</summary>
internal sealed class AssemblyShape
{
    /// <summary>Classes outside Orrery that can change after they are made: a static field of one is shared state.</summary>
    private static readonly string[] MutableNamespaces = ["System.Collections", "System.Text.StringBuilder", "System.Buffers.ArrayBufferWriter"];

    private readonly Metadata _metadata;
    private readonly MetadataReader _reader;

    private AssemblyShape(Metadata metadata)
    {
        _metadata = metadata;
        _reader = metadata.Reader;
    }

    /// <param name="path">The assembly.</param>
    /// <param name="isJudged">Which types to look at, by their full name.</param>
    /// <param name="reviewedStatics">Static fields of a mutable type that nothing changes, as <c>Type.Field</c>.</param>
    public static IReadOnlyList<string> Check(string path, Func<string, bool> isJudged, IReadOnlyCollection<string> reviewedStatics)
    {
        using var metadata = new Metadata(path);
        var shape = new AssemblyShape(metadata);
        return metadata.Types(isJudged)
            .SelectMany(type => shape.CheckMethods(type).Concat(shape.CheckStatics(type, reviewedStatics))).ToArray();
    }

    private IEnumerable<string> CheckMethods(TypeDefinition type)
    {
        foreach (var handle in type.GetMethods())
        {
            var method = _reader.GetMethodDefinition(handle);
            var name = $"{_metadata.NameOf(type)}.{_metadata.Text(method.Name)}";
            var attributes = method.GetCustomAttributes().Select(item => _metadata.NameOf(_reader.GetCustomAttribute(item))).ToArray();

            if (attributes.Any(attribute => attribute.EndsWith("AsyncStateMachineAttribute", StringComparison.Ordinal)
                || attribute.EndsWith("AsyncIteratorStateMachineAttribute", StringComparison.Ordinal)))
                yield return $"{name}: is async; a handler runs to its end.";
            if (_metadata.Text(method.Name) == "Finalize" && method.Attributes.HasFlag(MethodAttributes.Virtual))
                yield return $"{name}: is a finaliser; the garbage collector's time is not ours.";
            if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
                yield return $"{name}: calls native code.";
        }
    }

    private IEnumerable<string> CheckStatics(TypeDefinition type, IReadOnlyCollection<string> reviewed)
    {
        foreach (var handle in type.GetFields())
        {
            var field = _reader.GetFieldDefinition(handle);
            var fieldName = _metadata.Text(field.Name);

            // The compiler caches delegates of lambdas in fields such as <>9__0_0: made once, always the same.
            if (!field.Attributes.HasFlag(FieldAttributes.Static) || field.Attributes.HasFlag(FieldAttributes.Literal)
                || fieldName.StartsWith("<>", StringComparison.Ordinal) || _metadata.NameOf(type).Contains('<', StringComparison.Ordinal))
                continue;

            var name = $"{_metadata.NameOf(type)}.{fieldName}";
            var shared = field.DecodeSignature(new FieldTypes(_metadata), null);
            if (!field.Attributes.HasFlag(FieldAttributes.InitOnly))
                yield return $"{name}: is a static field that can change.";
            else if (IsMutable(shared) && !reviewed.Contains(name))
                yield return $"{name}: is a static field of the mutable type {shared.Name}.";
        }
    }

    private bool IsMutable(FieldType shared)
    {
        if (shared.IsArray) return true;
        if (shared.Definition.IsNil)
            return MutableNamespaces.Any(name => shared.Name.StartsWith(name, StringComparison.Ordinal))
                && !shared.Name.StartsWith("System.Collections.Immutable", StringComparison.Ordinal)
                && !shared.Name.StartsWith("System.Collections.Frozen", StringComparison.Ordinal)
                && !shared.Name.StartsWith("System.Collections.Generic.IReadOnly", StringComparison.Ordinal);

        var own = _reader.GetTypeDefinition(shared.Definition);
        return own.GetFields().Select(_reader.GetFieldDefinition).Any(field =>
            !field.Attributes.HasFlag(FieldAttributes.Static) && !field.Attributes.HasFlag(FieldAttributes.InitOnly)
            && !own.Attributes.HasFlag(TypeAttributes.Abstract) && !IsValueType(own));
    }

    private bool IsValueType(TypeDefinition type) =>
        type.BaseType.Kind == HandleKind.TypeReference
        && _metadata.NameOf(_reader.GetTypeReference((TypeReferenceHandle)type.BaseType)) is "System.ValueType" or "System.Enum";
}
