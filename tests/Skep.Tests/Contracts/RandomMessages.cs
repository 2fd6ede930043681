using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Skep.Transport.Contracts;

namespace Skep.Tests.Contracts;

/// <summary>Makes messages with every single field set to something that is not zero; of a oneof, one.</summary>
internal sealed class RandomMessages(int seed)
{
    private readonly Random random = new(seed);

    public IMessage Make(MessageDescriptor type)
    {
        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => field.RealContainingOneof is null))
        {
            Set(message, field);
        }
        foreach (var choice in type.RealOneofs())
        {
            Set(message, choice.Fields[random.Next(choice.Fields.Count)]);
        }
        return message;
    }

    private void Set(IMessage message, FieldDescriptor field)
    {
        if (field.IsMap)
        {
            var value = field.MessageType.FindFieldByNumber(2);
            ((IDictionary)field.Accessor.GetValue(message)).Add($"key {random.Next()}", Value(value));
        }
        else if (IsMap(field))
        {
            // A map: its entries are kept in the order of the keys.
            var list = (IList)field.Accessor.GetValue(message);
            list.Add(new KeyValue { Key = $"a {random.Next()}", Value = "" });
            list.Add(new KeyValue { Key = $"b {random.Next()}", Value = $"text {random.Next()}" });
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            list.Add(Value(field));
            list.Add(Value(field));
        }
        else
        {
            field.Accessor.SetValue(message, Value(field));
        }
    }

    private static bool IsMap(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && field.MessageType == KeyValue.Descriptor;

    private object Value(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => $"text {random.Next()}",
        FieldType.Bytes => ByteString.CopyFromUtf8($"bytes {random.Next()}"),
        FieldType.Bool => true,
        FieldType.Int32 => random.Next(1, 999_999_999),
        FieldType.Int64 => random.NextInt64(1, 200_000_000_000),
        FieldType.UInt32 => (uint)random.Next(1, int.MaxValue),
        FieldType.UInt64 => (ulong)random.NextInt64(1, long.MaxValue),
        FieldType.Float => random.NextSingle() + 1,
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, field.EnumType.Values[^1].Number),
        FieldType.Message => Wrapped(field.MessageType),
        _ => throw new NotSupportedException($"{field.FullName} is a {field.FieldType}"),
    };

    /// <summary>Generated code shows these two wrappers as the plain nullable value.</summary>
    private object Wrapped(MessageDescriptor type) => type.FullName switch
    {
        "google.protobuf.Int64Value" => random.NextInt64(1, long.MaxValue),
        "google.protobuf.BoolValue" => true,
        _ => Make(type),
    };
}

internal static class Oneofs
{
    /// <summary>Without those that only stand for a field's presence.</summary>
    public static IEnumerable<OneofDescriptor> RealOneofs(this MessageDescriptor type) =>
        type.Oneofs.Where(choice => !choice.IsSynthetic);
}
