using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Skep.Swarm;

namespace Skep.Engine.Requests;

/// <summary>What a stranger's JSON must be before anything is made of it.</summary>
/// <remarks>
/// Valid UTF-8, one value and nothing behind it, not too deep, no name twice in an object, no null in a list. Two
/// readers of a body with a name twice may see two different things; a null in a list of strings is never meant.
/// </remarks>
internal static class StrictJson
{
    /// <summary>Names in one object that are compared one by one; more are looked up.</summary>
    private const int FewNames = 32;

    private const int InList = -1;

    /// <exception cref="RefusedException">"invalid JSON: …", or "unexpected content after JSON".</exception>
    public static void Check(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw Invalid("the text is not UTF-8");
        }

        var reader = new Utf8JsonReader(
            json, new JsonReaderOptions { MaxDepth = HttpLimits.JsonDepth, AllowMultipleValues = true });
        try
        {
            if (!reader.Read())
            {
                throw Invalid("got EOF while reading request body");
            }

            Utf8JsonReader plain = reader;
            if (TryCheckPlain(ref plain, json))
            {
                reader = plain;
            }
            else
            {
                CheckValue(ref reader);
            }

            if (reader.Read())
            {
                throw new RefusedException(ErrorKind.Invalid, "unexpected content after JSON");
            }
        }
        catch (JsonException e)
        {
            throw Invalid(Explain(e), e);
        }
        catch (InvalidOperationException e)
        {
            throw Invalid("a text holds half of a character", e); // An escape that is a lone surrogate.
        }
    }

    /// <summary>A reader's complaint without the names of our types.</summary>
    public static string Explain(JsonException e)
    {
        string at = e.Path is { Length: > 1 } path ? $" at {path}" : "";
        return e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? "a value has the wrong type" + at
            : e.Message.Split(" Path:")[0].Split(" LineNumber:")[0] + at;
    }

    /// <summary>
    /// As <see cref="CheckValue"/>, for what nearly every body is: names without escapes, and few in each object. It
    /// compares them where they stand, for making texts of them costs more than all else that is done with a body.
    /// </summary>
    /// <returns>False: the value has other names too, and is not checked.</returns>
    private static bool TryCheckPlain(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        // Of each object around the reader where its names begin; of each list a mark.
        var around = new Stack<int>();
        var names = new List<Range>();
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    around.Push(names.Count);
                    break;
                case JsonTokenType.StartArray:
                    around.Push(InList);
                    break;
                case JsonTokenType.EndObject:
                    int begin = around.Pop();
                    names.RemoveRange(begin, names.Count - begin);
                    break;
                case JsonTokenType.EndArray:
                    around.Pop();
                    break;
                case JsonTokenType.PropertyName when reader.ValueIsEscaped || names.Count - around.Peek() >= FewNames:
                    return false;
                case JsonTokenType.PropertyName:
                    Add(names, around.Peek(), reader.ValueSpan, json);
                    break;
                case JsonTokenType.String when reader.ValueIsEscaped:
                    reader.GetString();
                    break;
                case JsonTokenType.Null when around.TryPeek(out int place) && place == InList:
                    throw Invalid("null in a list");
            }
        }
        while (around.Count > 0 && reader.Read());
        return true;
    }

    private static void Add(List<Range> names, int begin, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        for (int index = begin; index < names.Count; index++)
        {
            if (json[names[index]].SequenceEqual(name))
            {
                throw Invalid($"\"{Encoding.UTF8.GetString(name)}\" is there twice");
            }
        }

        bool isInside = json.Overlaps(name, out int start);
        Invariant.Holds(isInside || name.IsEmpty);
        names.Add(start..(start + name.Length));
    }

    private static void CheckValue(ref Utf8JsonReader reader)
    {
        // Of each object around the reader the names so far; of each list null.
        var around = new Stack<HashSet<string>?>();
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    around.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.StartArray:
                    around.Push(null);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    around.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    string name = reader.GetString()!;
                    if (!around.Peek()!.Add(name))
                    {
                        throw Invalid($"\"{name}\" is there twice");
                    }

                    break;
                case JsonTokenType.String when reader.ValueIsEscaped:
                    reader.GetString(); // Which looks at the escapes.
                    break;
                case JsonTokenType.Null when around.TryPeek(out HashSet<string>? names) && names is null:
                    throw Invalid("null in a list");
            }
        }
        while (around.Count > 0 && reader.Read());
    }

    private static RefusedException Invalid(string why, Exception? inner = null) =>
        new(ErrorKind.Invalid, "invalid JSON: " + why, inner);
}
