using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Skep.Swarm;

namespace Skep.Daemon.Options;

/// <summary>Turns a value of the configuration file into what its flag would say.</summary>
internal static class ConfigValue
{
    public static IEnumerable<string> Read(DaemonFlag flag, JsonProperty property)
    {
        JsonElement value = property.Value;
        return flag.Kind switch
        {
            FlagKind.Bool when value.ValueKind is JsonValueKind.True or JsonValueKind.False =>
                [value.GetBoolean() ? "true" : "false"],
            FlagKind.Text when value.ValueKind == JsonValueKind.String => [value.GetString()!],

            // Docker takes "default-shm-size": 64000000 and "64M".
            FlagKind.Text when value.ValueKind == JsonValueKind.Number => [value.GetRawText()],
            FlagKind.Number when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) =>
                [number.ToString(CultureInfo.InvariantCulture)],
            FlagKind.List when value.ValueKind == JsonValueKind.Array => Texts(flag, value),
            FlagKind.Pools when value.ValueKind == JsonValueKind.Array => value.EnumerateArray().Select(Pool),
            FlagKind.Map when value.ValueKind == JsonValueKind.Object => Entries(value),
            FlagKind.Ulimits when value.ValueKind == JsonValueKind.Object => value.EnumerateObject().Select(Ulimit),
            FlagKind.Runtimes when value.ValueKind == JsonValueKind.Object =>
                value.EnumerateObject().Select(Runtime),
            _ => throw Wrong(property.Name, flag.Kind switch
            {
                FlagKind.Bool => "true or false",
                FlagKind.Text => "a string",
                FlagKind.Number => "a whole number",
                FlagKind.List => "an array of strings",
                FlagKind.Pools => "an array of objects with \"base\" and \"size\"",
                _ => "an object",
            }),
        };
    }

    private static IEnumerable<string> Texts(DaemonFlag flag, JsonElement array) =>
        array.EnumerateArray().Select(element =>
            element.ValueKind == JsonValueKind.String
                ? element.GetString()!
                : throw Wrong(flag.Key, "an array of strings"));

    private static IEnumerable<string> Entries(JsonElement map) =>
        map.EnumerateObject().Select(entry => entry.Name + "=" + (entry.Value.ValueKind == JsonValueKind.String
            ? entry.Value.GetString()
            : entry.Value.GetRawText()));

    private static string Pool(JsonElement pool)
    {
        const string wanted = "an array of objects with \"base\" and \"size\"";
        return pool.ValueKind == JsonValueKind.Object
            && pool.TryGetProperty("base", out JsonElement subnet) && subnet.ValueKind == JsonValueKind.String
            && pool.TryGetProperty("size", out JsonElement size) && size.TryGetInt32(out int bits)
            ? string.Create(CultureInfo.InvariantCulture, $"base={subnet.GetString()},size={bits}")
            : throw Wrong("default-address-pools", wanted);
    }

    // { "nofile": { "Name": "nofile", "Soft": 1024, "Hard": 2048 } }
    private static string Ulimit(JsonProperty limit)
    {
        const string wanted = "objects with \"Soft\" and \"Hard\"";
        if (limit.Value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("default-ulimits", wanted);
        }

        long? soft = null, hard = null;
        foreach (JsonProperty part in limit.Value.EnumerateObject())
        {
            if (part.Name.Equals("soft", StringComparison.OrdinalIgnoreCase) && part.Value.TryGetInt64(out long low))
            {
                soft = low;
            }
            else if (part.Name.Equals("hard", StringComparison.OrdinalIgnoreCase)
                && part.Value.TryGetInt64(out long high))
            {
                hard = high;
            }
        }

        return soft is null && hard is null
            ? throw Wrong("default-ulimits", wanted)
            : string.Create(CultureInfo.InvariantCulture, $"{limit.Name}={soft ?? hard}:{hard ?? soft}");
    }

    private static string Runtime(JsonProperty runtime)
    {
        const string wanted = "objects with \"path\" and nothing else";
        if (runtime.Value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("runtimes", wanted);
        }

        ImmutableArray<JsonProperty> parts = [.. runtime.Value.EnumerateObject()];
        return parts is [{ Name: "path", Value.ValueKind: JsonValueKind.String } path]
            ? $"{runtime.Name}={path.Value.GetString()}"
            : throw Wrong("runtimes", wanted);
    }

    private static RefusedException Wrong(string key, string wanted) =>
        new(ErrorKind.Invalid, $"configuration option \"{key}\" must be {wanted}");
}
