using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Orrery.Conventions.Tests.Determinism;

/// <summary>One use of a type or member of another assembly. <c>Member</c> is empty where only the type is named.</summary>
internal sealed record Use(string Type, string Member, string Where)
{
    public override string ToString() => Member.Length == 0 ? Type : $"{Type}::{Member}";
}

/// <summary>
/// Finds everything outside Orrery that the judged types of an assembly touch: in signatures, locals, instructions, bases,
/// constraints, catch clauses and attributes. It sees what an analyzer of source text cannot, such as the builder behind
/// an <c>async</c> method, the monitor behind a <c>lock</c> and the modifier behind a <c>volatile</c>.
/// </summary>
internal sealed class ReferencedSymbols
{
    private readonly Metadata _metadata;
    private readonly MetadataReader _reader;
    private readonly NamedTypes _namedTypes;
    private readonly Dictionary<(string, string), Use> _found = [];
    private string _where = "";

    private ReferencedSymbols(Metadata metadata)
    {
        _metadata = metadata;
        _reader = metadata.Reader;
        _namedTypes = new NamedTypes(this);
    }

    public static IReadOnlyList<Use> Of(string path, Func<string, bool> isJudged)
    {
        using var metadata = new Metadata(path);
        var symbols = new ReferencedSymbols(metadata);
        foreach (var type in metadata.Types(isJudged)) symbols.VisitType(type);
        return symbols._found.Values.OrderBy(use => use.ToString(), StringComparer.Ordinal).ToArray();
    }

    private void VisitType(TypeDefinition type)
    {
        var name = _metadata.NameOf(type);
        _where = name;
        Visit(type.BaseType);
        foreach (var handle in type.GetInterfaceImplementations()) Visit(_reader.GetInterfaceImplementation(handle).Interface);
        VisitAttributes(type.GetCustomAttributes());
        VisitGenericParameters(type.GetGenericParameters());
        foreach (var handle in type.GetProperties()) VisitAttributes(_reader.GetPropertyDefinition(handle).GetCustomAttributes());
        foreach (var handle in type.GetFields())
        {
            var field = _reader.GetFieldDefinition(handle);
            _where = $"{name}.{_metadata.Text(field.Name)}";
            field.DecodeSignature(_namedTypes, null);
            VisitAttributes(field.GetCustomAttributes());
        }

        foreach (var handle in type.GetMethods())
        {
            var method = _reader.GetMethodDefinition(handle);
            _where = $"{name}.{_metadata.Text(method.Name)}";
            method.DecodeSignature(_namedTypes, null);
            VisitAttributes(method.GetCustomAttributes());
            VisitGenericParameters(method.GetGenericParameters());
            foreach (var parameter in method.GetParameters()) VisitAttributes(_reader.GetParameter(parameter).GetCustomAttributes());
            if (_metadata.BodyOf(method) is { } body) VisitBody(body);
        }
    }

    private void VisitBody(MethodBodyBlock body)
    {
        Visit(body.LocalSignature);
        foreach (var region in body.ExceptionRegions) Visit(region.CatchType);
        foreach (var token in Instructions.Tokens(body.GetILReader())) Visit(MetadataTokens.EntityHandle(token));
    }

    private void VisitAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var handle in attributes) Visit(_reader.GetCustomAttribute(handle).Constructor);
    }

    private void VisitGenericParameters(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(handle => _reader.GetGenericParameter(handle).GetConstraints()))
            Visit(_reader.GetGenericParameterConstraint(constraint).Type);
    }

    private void Visit(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                Add((TypeReferenceHandle)handle, "");
                break;
            case HandleKind.TypeSpecification:
                _reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_namedTypes, null);
                break;
            case HandleKind.MemberReference:
                VisitMember(_reader.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.MethodSpecification:
                var specification = _reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                specification.DecodeSignature(_namedTypes, null);
                Visit(specification.Method);
                break;
            case HandleKind.StandaloneSignature:
                var signature = _reader.GetStandaloneSignature((StandaloneSignatureHandle)handle);
                if (signature.GetKind() == StandaloneSignatureKind.LocalVariables) signature.DecodeLocalSignature(_namedTypes, null);
                else signature.DecodeMethodSignature(_namedTypes, null);
                break;
        }
    }

    private void VisitMember(MemberReference member)
    {
        var name = _metadata.Text(member.Name);
        if (member.GetKind() == MemberReferenceKind.Method) member.DecodeMethodSignature(_namedTypes, null);
        else member.DecodeFieldSignature(_namedTypes, null);

        if (member.Parent.Kind == HandleKind.TypeReference)
        {
            Add((TypeReferenceHandle)member.Parent, name);
        }
        else if (member.Parent.Kind == HandleKind.TypeSpecification)
        {
            var owner = _reader.GetTypeSpecification((TypeSpecificationHandle)member.Parent).DecodeSignature(_namedTypes, null);
            if (!owner.IsNil) Add(owner, name);
        }
    }

    private void Add(TypeReferenceHandle handle, string member)
    {
        var type = _reader.GetTypeReference(handle);
        var scope = type.ResolutionScope;
        while (scope.Kind == HandleKind.TypeReference) scope = _reader.GetTypeReference((TypeReferenceHandle)scope).ResolutionScope;
        if (scope.Kind == HandleKind.AssemblyReference)
        {
            var assembly = _metadata.Text(_reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name);
            if (assembly.StartsWith("Orrery", StringComparison.Ordinal)) return;
        }

        var name = _metadata.NameOf(type);
        _found.TryAdd((name, member), new Use(name, member, _where));
    }

    /// <summary>Walks a signature, reports every type in it, and returns the one that a member belongs to.</summary>
    private sealed class NamedTypes(ReferencedSymbols owner) : ISignatureTypeProvider<TypeReferenceHandle, object?>
    {
        public TypeReferenceHandle GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            owner.Add(handle, "");
            return handle;
        }

        public TypeReferenceHandle GetGenericInstantiation(
            TypeReferenceHandle genericType, ImmutableArray<TypeReferenceHandle> typeArguments) => genericType;

        public TypeReferenceHandle GetModifiedType(TypeReferenceHandle modifier, TypeReferenceHandle unmodifiedType, bool isRequired) =>
            unmodifiedType;

        public TypeReferenceHandle GetTypeFromSpecification(
            MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public TypeReferenceHandle GetArrayType(TypeReferenceHandle elementType, ArrayShape shape) => default;

        public TypeReferenceHandle GetByReferenceType(TypeReferenceHandle elementType) => default;

        public TypeReferenceHandle GetFunctionPointerType(MethodSignature<TypeReferenceHandle> signature) => default;

        public TypeReferenceHandle GetGenericMethodParameter(object? genericContext, int index) => default;

        public TypeReferenceHandle GetGenericTypeParameter(object? genericContext, int index) => default;

        public TypeReferenceHandle GetPinnedType(TypeReferenceHandle elementType) => default;

        public TypeReferenceHandle GetPointerType(TypeReferenceHandle elementType) => default;

        public TypeReferenceHandle GetPrimitiveType(PrimitiveTypeCode typeCode) => default;

        public TypeReferenceHandle GetSZArrayType(TypeReferenceHandle elementType) => default;

        public TypeReferenceHandle GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => default;
    }
}
