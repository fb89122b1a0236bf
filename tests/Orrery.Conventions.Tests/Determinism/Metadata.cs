using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Orrery.Conventions.Tests.Determinism;

/// <summary>Names and places in the metadata of one assembly, and which of its types are to be judged.</summary>
internal sealed class Metadata : IDisposable
{
    private readonly PEReader _file;

    public Metadata(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        Reader = _file.GetMetadataReader();
    }

    public MetadataReader Reader { get; }

    public MethodBodyBlock? BodyOf(MethodDefinition method) =>
        method.RelativeVirtualAddress == 0 ? null : _file.GetMethodBody(method.RelativeVirtualAddress);

    /// <summary>The types that people wrote and that are judged, with those that the compiler nested in them.</summary>
    public IEnumerable<TypeDefinition> Types(Func<string, bool> isJudged)
    {
        foreach (var handle in Reader.TypeDefinitions)
        {
            var type = Reader.GetTypeDefinition(handle);
            var outermost = type;
            while (!outermost.GetDeclaringType().IsNil) outermost = Reader.GetTypeDefinition(outermost.GetDeclaringType());

            // <Module>, <PrivateImplementationDetails> and the like belong to the compiler, as do attributes it embeds.
            var name = NameOf(outermost);
            if (!Text(outermost.Name).StartsWith('<') && name.StartsWith("Orrery.", StringComparison.Ordinal) && isJudged(name))
                yield return type;
        }
    }

    public string Text(StringHandle handle) => Reader.GetString(handle);

    public string NameOf(TypeDefinition type) => Qualified(
        type.GetDeclaringType().IsNil ? null : NameOf(Reader.GetTypeDefinition(type.GetDeclaringType())), type.Namespace, type.Name);

    public string NameOf(TypeReference type) => Qualified(
        type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf(Reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope)) : null,
        type.Namespace, type.Name);

    /// <summary>The full name of the type whose constructor an attribute calls.</summary>
    public string NameOf(CustomAttribute attribute)
    {
        var owner = attribute.Constructor.Kind == HandleKind.MemberReference
            ? Reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
            : Reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType();
        return owner.Kind switch
        {
            HandleKind.TypeReference => NameOf(Reader.GetTypeReference((TypeReferenceHandle)owner)),
            HandleKind.TypeDefinition => NameOf(Reader.GetTypeDefinition((TypeDefinitionHandle)owner)),
            _ => "",
        };
    }

    public void Dispose() => _file.Dispose();

    private string Qualified(string? outer, StringHandle ns, StringHandle name) =>
        outer is not null ? $"{outer}+{Text(name)}" : ns.IsNil ? Text(name) : $"{Text(ns)}.{Text(name)}";
}
