using System.Collections.Immutable;
using System.Text.Json;
using Skep.Swarm;

namespace Skep.Daemon.Options;

/// <summary>The daemon's configuration file: JSON, with the keys of Docker's daemon.json.</summary>
public static class ConfigFile
{
    /// <summary>Bytes of a file that is read; a longer one is none of ours.</summary>
    private const int FileBytesMax = 1 << 20;

    /// <summary>Reads a file. Unknown keys are refused, all at once.</summary>
    public static ImmutableDictionary<DaemonFlag, ImmutableArray<string>> Read(string path)
    {
        byte[] content;
        try
        {
            if (new FileInfo(path).Length > FileBytesMax)
            {
                throw Unreadable(path, $"it is longer than {FileBytesMax} bytes");
            }

            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e is FileNotFoundException ? "no such file or directory" : e.Message);
        }

        try
        {
            return Parse(content);
        }
        catch (JsonException e)
        {
            throw Unreadable(path, $"not valid JSON: {e.Message}");
        }
    }

    internal static ImmutableDictionary<DaemonFlag, ImmutableArray<string>> Parse(ReadOnlyMemory<byte> content)
    {
        if (content.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return ImmutableDictionary<DaemonFlag, ImmutableArray<string>>.Empty;
        }

        using JsonDocument document = JsonDocument.Parse(content);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new RefusedException(ErrorKind.Invalid, "the configuration file must hold one JSON object");
        }

        var values = ImmutableDictionary.CreateBuilder<DaemonFlag, ImmutableArray<string>>();
        var unknown = new List<string>();
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (DaemonFlags.OfKey(property.Name) is not { } flag)
            {
                unknown.Add(property.Name);
            }
            else if (!values.TryAdd(flag, [.. ConfigValue.Read(flag, property)]))
            {
                throw new RefusedException(
                    ErrorKind.Invalid, $"the configuration file has \"{property.Name}\" more than once");
            }
        }

        if (unknown.Count > 0)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                "the following directives don't match any configuration option: " + string.Join(", ", unknown));
        }

        return values.ToImmutable();
    }

    private static RefusedException Unreadable(string path, string reason) =>
        new(ErrorKind.Invalid, $"unable to configure the daemon with file {path}: {reason}");
}
