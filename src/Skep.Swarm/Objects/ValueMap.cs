using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Skep.Swarm.Objects;

/// <summary>A small map with text keys that never changes and is equal by content.</summary>
/// <remarks>
/// One array sorted by ordinal key: labels and options are few, so this is smaller and quicker than a hash table, and
/// its order is the same on every machine. The default value is the empty map.
/// </remarks>
public readonly struct ValueMap<T> : IReadOnlyDictionary<string, T>, IEquatable<ValueMap<T>>
{
    private readonly KeyValuePair<string, T>[]? entries;

    internal ValueMap(KeyValuePair<string, T>[] sorted) => entries = sorted.Length == 0 ? null : sorted;

    public static ValueMap<T> Empty => default;

    public int Count => entries?.Length ?? 0;

    public bool IsEmpty => entries is null;

    public ReadOnlySpan<KeyValuePair<string, T>> Span => entries;

    public IEnumerable<string> Keys => (entries ?? []).Select(entry => entry.Key);

    public IEnumerable<T> Values => (entries ?? []).Select(entry => entry.Value);

    public T this[string key] =>
        TryGetValue(key, out T? value) ? value : throw new KeyNotFoundException($"no key {key} in the map");

    public static bool operator ==(ValueMap<T> left, ValueMap<T> right) => left.Equals(right);

    public static bool operator !=(ValueMap<T> left, ValueMap<T> right) => !left.Equals(right);

    public bool ContainsKey(string key) => Find(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        int index = Find(key);
        value = index >= 0 ? entries![index].Value : default;
        return index >= 0;
    }

    /// <summary>The same map with this key set.</summary>
    public ValueMap<T> With(string key, T value)
    {
        int index = Find(key);
        var entry = KeyValuePair.Create(key, value);
        ReadOnlySpan<KeyValuePair<string, T>> all = entries;
        return index >= 0
            ? new([.. all[..index], entry, .. all[(index + 1)..]])
            : new([.. all[..~index], entry, .. all[~index..]]);
    }

    /// <summary>The same map without this key.</summary>
    public ValueMap<T> Without(string key)
    {
        int index = Find(key);
        ReadOnlySpan<KeyValuePair<string, T>> all = entries;
        return index < 0 ? this : new([.. all[..index], .. all[(index + 1)..]]);
    }

    public bool Equals(ValueMap<T> other)
    {
        if (ReferenceEquals(entries, other.entries))
        {
            return true;
        }
        if (Count != other.Count)
        {
            return false;
        }
        for (int index = 0; index < entries!.Length; index++)
        {
            if (!string.Equals(entries[index].Key, other.entries![index].Key, StringComparison.Ordinal)
                || !EqualityComparer<T>.Default.Equals(entries[index].Value, other.entries[index].Value))
            {
                return false;
            }
        }
        return true;
    }

    public override bool Equals(object? other) => other is ValueMap<T> map && Equals(map);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (KeyValuePair<string, T> entry in Span)
        {
            hash.Add(entry.Key, StringComparer.Ordinal);
            hash.Add(entry.Value);
        }
        return hash.ToHashCode();
    }

    public override string ToString() => $"{{{string.Join(", ", entries ?? [])}}}";

    public ReadOnlySpan<KeyValuePair<string, T>>.Enumerator GetEnumerator() => Span.GetEnumerator();

    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, T>>)(entries ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (entries ?? []).GetEnumerator();

    private int Find(string key)
    {
        int low = 0;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = string.CompareOrdinal(entries![middle].Key, key);
            if (order == 0)
            {
                return middle;
            }
            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return ~low;
    }
}

/// <summary>Makes value maps.</summary>
public static class ValueMap
{
    /// <summary>Sorts the entries; of two with the same key the later one counts, as on the wire.</summary>
    public static ValueMap<T> From<T>(IEnumerable<KeyValuePair<string, T>> entries)
    {
        if (entries is ValueMap<T> same)
        {
            return same;
        }
        var byKey = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, T> entry in entries)
        {
            byKey[entry.Key] = entry.Value;
        }
        return new([.. byKey]);
    }

    /// <summary>
    /// Takes the array over without a copy where it can; the caller must never change it again. Of two entries with
    /// the same key the later one counts.
    /// </summary>
    public static ValueMap<T> Owning<T>(KeyValuePair<string, T>[] entries)
    {
        for (int index = 1; index < entries.Length; index++)
        {
            if (string.CompareOrdinal(entries[index - 1].Key, entries[index].Key) >= 0)
            {
                return From(entries);
            }
        }
        return new(entries);
    }

    public static ValueMap<T> Of<T>(params ReadOnlySpan<(string Key, T Value)> entries)
    {
        var byKey = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach ((string key, T value) in entries)
        {
            byKey[key] = value;
        }
        return new([.. byKey]);
    }
}
