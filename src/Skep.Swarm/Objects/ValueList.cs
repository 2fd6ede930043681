using System.Collections;
using System.Runtime.CompilerServices;

namespace Skep.Swarm.Objects;

/// <summary>A list that never changes and is equal by content, so that records holding it compare by value.</summary>
/// <remarks>The default value is the empty list. Write one as a collection expression: <c>[a, b]</c>.</remarks>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public readonly struct ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[]? items;

    internal ValueList(T[] items) => this.items = items.Length == 0 ? null : items;

    public static ValueList<T> Empty => default;

    public int Count => items?.Length ?? 0;

    public bool IsEmpty => items is null;

    public ReadOnlySpan<T> Span => items;

    public T this[int index] => Span[index];

    public static bool operator ==(ValueList<T> left, ValueList<T> right) => left.Equals(right);

    public static bool operator !=(ValueList<T> left, ValueList<T> right) => !left.Equals(right);

    public bool Equals(ValueList<T> other)
    {
        if (ReferenceEquals(items, other.items))
        {
            return true;
        }
        if (Count != other.Count)
        {
            return false;
        }
        for (int index = 0; index < items!.Length; index++)
        {
            if (!EqualityComparer<T>.Default.Equals(items[index], other.items![index]))
            {
                return false;
            }
        }
        return true;
    }

    public override bool Equals(object? other) => other is ValueList<T> list && Equals(list);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T item in Span)
        {
            hash.Add(item);
        }
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", items ?? [])}]";

    public ReadOnlySpan<T>.Enumerator GetEnumerator() => Span.GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (items ?? []).GetEnumerator();
}

/// <summary>Makes value lists.</summary>
public static class ValueList
{
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    public static ValueList<T> From<T>(IEnumerable<T> items) => new(items.ToArray());

    /// <summary>Takes the array over without a copy; the caller must never change it again.</summary>
    public static ValueList<T> Owning<T>(T[] items) => new(items);
}
