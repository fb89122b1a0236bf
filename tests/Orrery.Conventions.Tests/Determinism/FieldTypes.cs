using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Orrery.Conventions.Tests.Determinism;

/// <summary>The type of a field: its name, whether it is an array, and its definition where it is of the same assembly.</summary>
internal sealed record FieldType(string Name, bool IsArray, TypeDefinitionHandle Definition);

/// <summary>Reads the signature of a field as a <see cref="FieldType"/>.</summary>
internal sealed class FieldTypes(Metadata metadata) : ISignatureTypeProvider<FieldType, object?>
{
    public FieldType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        new(metadata.NameOf(reader.GetTypeReference(handle)), false, default);

    public FieldType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        new(metadata.NameOf(reader.GetTypeDefinition(handle)), false, handle);

    public FieldType GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public FieldType GetGenericInstantiation(FieldType genericType, ImmutableArray<FieldType> typeArguments) => genericType;

    public FieldType GetModifiedType(FieldType modifier, FieldType unmodifiedType, bool isRequired) => unmodifiedType;

    public FieldType GetArrayType(FieldType elementType, ArrayShape shape) => new(elementType.Name + "[,]", true, default);

    public FieldType GetSZArrayType(FieldType elementType) => new(elementType.Name + "[]", true, default);

    public FieldType GetPrimitiveType(PrimitiveTypeCode typeCode) => new(typeCode.ToString(), false, default);

    public FieldType GetByReferenceType(FieldType elementType) => elementType;

    public FieldType GetFunctionPointerType(MethodSignature<FieldType> signature) => new("a function pointer", false, default);

    public FieldType GetGenericMethodParameter(object? genericContext, int index) => new("a type parameter", false, default);

    public FieldType GetGenericTypeParameter(object? genericContext, int index) => new("a type parameter", false, default);

    public FieldType GetPinnedType(FieldType elementType) => elementType;

    public FieldType GetPointerType(FieldType elementType) => new(elementType.Name + "*", true, default);
}
