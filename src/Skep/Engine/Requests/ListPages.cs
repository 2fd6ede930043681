using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Skep.Engine.Requests;

/// <summary>
/// Lists of objects that never change, as JSON: what was written for the last list is not written again.
/// </summary>
/// <remarks>
/// User interfaces and proxies ask for whole lists again and again, of which little or nothing is new. The last page is
/// held until the collector wants its memory. Thread-safe.
/// </remarks>
/// <param name="view">What is shown of an object; the same for the same object.</param>
internal sealed class ListPages<TObject, TView>(Func<TObject, TView> view, JsonTypeInfo<TView> type)
    where TObject : class
{
    private readonly WeakReference<ListPage<TObject>?> last = new(null);

    public ListPage<TObject> Of(IReadOnlyList<TObject> objects)
    {
        last.TryGetTarget(out ListPage<TObject>? before);
        if (before is not null && before.IsOf(objects))
        {
            return before;
        }

        ListPage<TObject> page = Write(objects, before);
        last.SetTarget(page);
        return page;
    }

    private ListPage<TObject> Write(IReadOnlyList<TObject> objects, ListPage<TObject>? before)
    {
        Dictionary<TObject, Range> known = before?.Places() ?? [];
        var places = new Range[objects.Count];
        var json = new ArrayBufferWriter<byte>(Math.Max(before?.Json.Length ?? 0, ListPage<TObject>.FirstBytes));
        using var writer = new Utf8JsonWriter(json, EngineRequest.Writing);
        json.Write("["u8);
        for (int index = 0; index < objects.Count; index++)
        {
            if (index > 0)
            {
                json.Write(","u8);
            }

            int start = json.WrittenCount;
            if (known.TryGetValue(objects[index], out Range place))
            {
                json.Write(before!.Json.Span[place]);
            }
            else
            {
                writer.Reset();
                JsonSerializer.Serialize(writer, view(objects[index]), type);
            }

            places[index] = start..json.WrittenCount;
        }

        json.Write("]\n"u8);
        return new ListPage<TObject>(objects, places, json.WrittenSpan.ToArray());
    }
}

/// <summary>A list of objects as JSON.</summary>
/// <param name="places">Where each object stands in it.</param>
internal sealed class ListPage<TObject>(IReadOnlyList<TObject> objects, Range[] places, ReadOnlyMemory<byte> json)
    where TObject : class
{
    /// <summary>Room for a page whose length nobody knows.</summary>
    public const int FirstBytes = 4096;

    public IReadOnlyList<TObject> Objects => objects;

    /// <summary>The whole answer.</summary>
    public ReadOnlyMemory<byte> Json => json;

    /// <summary>Whether it is the page of these very objects.</summary>
    public bool IsOf(IReadOnlyList<TObject> others)
    {
        bool isSame = others.Count == objects.Count;
        for (int index = 0; isSame && index < others.Count; index++)
        {
            isSame = ReferenceEquals(objects[index], others[index]);
        }

        return isSame;
    }

    /// <summary>Where each object stands.</summary>
    public Dictionary<TObject, Range> Places()
    {
        var found = new Dictionary<TObject, Range>(objects.Count, ReferenceEqualityComparer.Instance);
        for (int index = 0; index < objects.Count; index++)
        {
            found[objects[index]] = places[index];
        }

        return found;
    }

    /// <summary>The same list with one more property in its objects; null: not in this one.</summary>
    public ReadOnlyMemory<byte> With<TMore>(string property, Func<TObject, TMore?> more, JsonTypeInfo<TMore> type)
        where TMore : class
    {
        var longer = new ArrayBufferWriter<byte>(json.Length + FirstBytes);
        using var writer = new Utf8JsonWriter(longer, EngineRequest.Writing);
        longer.Write("["u8);
        for (int index = 0; index < objects.Count; index++)
        {
            ReadOnlySpan<byte> one = json.Span[places[index]];
            longer.Write(index > 0 ? ","u8 : []);
            if (more(objects[index]) is not { } added)
            {
                longer.Write(one);
                continue;
            }

            // Every object has an id before it, so a comma is right.
            longer.Write(one[..^1]);
            longer.Write(",\""u8);
            longer.Write(System.Text.Encoding.UTF8.GetBytes(property));
            longer.Write("\":"u8);
            writer.Reset();
            JsonSerializer.Serialize(writer, added, type);
            longer.Write("}"u8);
        }

        longer.Write("]\n"u8);
        return longer.WrittenMemory;
    }
}
