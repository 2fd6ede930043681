using System.Reflection;
using Skep.Swarm.Objects;

namespace Skep.Tests.Contracts;

/// <summary>Makes records of any type, every property drawn from the seed, nullable ones sometimes null.</summary>
internal sealed class RandomRecords(int seed)
{
    private readonly Random random = new(seed);
    private readonly NullabilityInfoContext nullability = new();

    public T Make<T>() => (T)Make(typeof(T))!;

    public object? Make(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return random.Next(4) == 0 ? null : Make(inner);
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
        {
            return Call(nameof(List), type);
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueMap<>))
        {
            return Call(nameof(Map), type);
        }
        return Simple(type) ?? Composed(type);
    }

    private object? Simple(Type type) => type switch
    {
        _ when type == typeof(string) => Text(),
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(int) => random.Next(int.MinValue, int.MaxValue),
        _ when type == typeof(uint) => (uint)random.Next(int.MinValue, int.MaxValue),
        _ when type == typeof(long) => random.NextInt64(long.MinValue, long.MaxValue),
        _ when type == typeof(ulong) => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        _ when type == typeof(float) => random.NextSingle(),
        _ when type == typeof(Bytes) => Bytes.CopyOf(SomeBytes()),
        _ when type == typeof(SwarmTime) => new SwarmTime(random.NextInt64(-62135596800, 253402300799), Nanos()),
        _ when type == typeof(SwarmDuration) => new SwarmDuration(random.Next(), Nanos()),
        _ when type.IsEnum => random.Next(8) == 0
            ? Enum.ToObject(type, 77)
            : Enum.GetValuesAsUnderlyingType(type) is var all ? Enum.ToObject(type, Pick(all)) : null,
        _ => null,
    };

    private object Composed(Type type)
    {
        if (type.IsAbstract || type == typeof(GenericResource))
        {
            var kinds = type.Assembly.GetTypes().Where(kind => kind.BaseType == type).ToArray();
            return Composed(kinds[random.Next(kinds.Length)]);
        }
        if (type.GetConstructor([typeof(string)]) is { } fromText)
        {
            return fromText.Invoke([Text()]);
        }
        if (type.GetConstructor([typeof(ulong)]) is { } fromNumber)
        {
            return fromNumber.Invoke([(ulong)random.NextInt64()]);
        }
        object made = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            property.SetValue(made, Fits(property) ? Make(property.PropertyType) : null);
        }
        return Consistent(made);
    }

    /// <summary>False: a reference that may be null is to be null this time.</summary>
    private bool Fits(PropertyInfo property) =>
        property.PropertyType.IsValueType
        || nullability.Create(property).WriteState == NullabilityState.NotNull
        || random.Next(4) != 0;

    /// <summary>A credential that comes from nowhere has no value, which records alone cannot say.</summary>
    private static object Consistent(object made) => made is CredentialSpec spec
        ? Enum.IsDefined(spec.Source) && spec.Source != CredentialSource.None ? spec : new CredentialSpec()
        : made;

    private object Call(string method, Type type) =>
        GetType().GetMethod(method, BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(type.GetGenericArguments()).Invoke(this, null)!;

    private ValueList<T> List<T>() =>
        ValueList.From(Enumerable.Range(0, random.Next(4)).Select(_ => Make<T>()).ToArray());

    private ValueMap<T> Map<T>() =>
        ValueMap.From(Enumerable.Range(0, random.Next(4))
            .Select(index => KeyValuePair.Create(index == 2 ? "" : Text(), Make<T>())).ToArray());

    private object Pick(Array all) => all.GetValue(random.Next(all.Length))!;

    private int Nanos() => random.Next(1_000_000_000);

    private byte[] SomeBytes()
    {
        var bytes = new byte[random.Next(20)];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Text() => random.Next(6) switch
    {
        0 => "",
        1 => "Bienenstöcke 🐝",
        _ => $"{random.Next():x8}",
    };
}
