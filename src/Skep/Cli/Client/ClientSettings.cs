using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skep.Cli.Client;

/// <summary>~/.docker/config.json: credentials of registries and the user's defaults.</summary>
internal sealed partial class ClientSettings
{
    private JsonElement root;

    private ClientSettings(string directory, JsonElement root)
    {
        Directory = directory;
        this.root = root;
    }

    public static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } directory
            ? directory
            : Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/root", ".docker");

    public string Directory { get; }

    public string FilePath => Path.Combine(Directory, "config.json");

    /// <summary>What is wrong with the file: it is taken for empty then, and never written. Null: nothing.</summary>
    public string? Complaint { get; private init; }

    public string CurrentContext => root.Text("currentContext");

    public string DetachKeys => root.Text("detachKeys");

    /// <summary>Headers that the user wants in every request.</summary>
    public IReadOnlyDictionary<string, string> HttpHeaders => root.Map("HttpHeaders");

    /// <summary>Filters that every prune command has beside those on its command line.</summary>
    public IReadOnlyList<string> PruneFilters => root.Texts("pruneFilters");

    /// <summary>Folders with plugins of the command line, beside the usual ones.</summary>
    public IReadOnlyList<string> PluginFolders => root.Texts("cliPluginsExtraDirs");

    /// <summary>A table's default format: "ps" for psFormat, and so on.</summary>
    public string Format(string command) => root.Text(command + "Format");

    /// <summary>Variables of proxies that new containers get, for this daemon or for every one.</summary>
    /// <param name="host">The daemon, as the user knows it.</param>
    public IReadOnlyDictionary<string, string> Proxies(string host)
    {
        JsonElement proxies = root.Member("proxies");
        JsonElement chosen = proxies.Has(host) ? proxies.Member(host) : proxies.Member("default");
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string member, string variable) in new[]
        {
            ("httpProxy", "HTTP_PROXY"), ("httpsProxy", "HTTPS_PROXY"), ("noProxy", "NO_PROXY"),
            ("ftpProxy", "FTP_PROXY"), ("allProxy", "ALL_PROXY"),
        })
        {
            if (chosen.Text(member) is { Length: > 0 } value)
            {
                variables[variable] = value;
                variables[variable.ToLowerInvariant()] = value;
            }
        }

        return variables;
    }

    public static ClientSettings Load(string directory)
    {
        string path = Path.Combine(directory, "config.json");
        try
        {
            byte[] content = File.ReadAllBytes(path);
            if (content.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
            {
                return new ClientSettings(directory, default);
            }

            using JsonDocument document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ClientSettings(directory, document.RootElement.Clone())
                : Broken(directory, $"it is a JSON {document.RootElement.ValueKind}, not an object");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ClientSettings(directory, default);
        }
        catch (JsonException malformed)
        {
            return Broken(directory, $"it is not JSON from line {malformed.LineNumber + 1}, "
                + $"byte {malformed.BytePositionInLine + 1} on");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Broken(directory, unreadable.Message);
        }
    }

    private static ClientSettings Broken(string directory, string complaint) =>
        new(directory, default) { Complaint = complaint };

    /// <param name="name">"": the default one.</param>
    public void SetCurrentContext(string name) => Change(settings =>
    {
        settings.Remove("currentContext");
        if (name.Length > 0)
        {
            settings["currentContext"] = name;
        }
    });

    // Everything else in the file stays as it is. Where a symbolic link stands for the file, its target is replaced, or
    // made if it is not there.
    private void Change(Action<JsonObject> change)
    {
        if (Complaint is not null)
        {
            throw new CommandFailedException($"{FilePath} is left as it is, since {Complaint}: mend it first");
        }

        JsonObject settings = root.ValueKind == JsonValueKind.Object ? JsonObject.Create(root)! : [];
        if (!settings.ContainsKey("auths"))
        {
            settings.Insert(0, "auths", new JsonObject());
        }

        change(settings);
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = true,
            IndentCharacter = '\t',
            IndentSize = 1,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            settings.WriteTo(writer);
        }

        System.IO.Directory.CreateDirectory(Directory);
        string path = new FileInfo(FilePath) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
            : FilePath;
        LocalFiles.Rewrite(path, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        using JsonDocument document = JsonDocument.Parse(buffer.ToArray());
        root = document.RootElement.Clone();
    }
}
