using System.Text;
using System.Text.Json;
using Skep.Docker.Engine;

namespace Skep.Cli.Client;

/// <summary>~/.docker/config.json: credentials of registries and the user's defaults.</summary>
internal sealed class ClientSettings
{
    private readonly JsonElement root;

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

    public string CurrentContext => root.Text("currentContext");

    public string DetachKeys => root.Text("detachKeys");

    /// <summary>A table's default format: "ps" for psFormat, and so on.</summary>
    public string Format(string command) => root.Text(command + "Format");

    public static ClientSettings Load(string directory)
    {
        string path = Path.Combine(directory, "config.json");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new ClientSettings(directory, document.RootElement.Clone());
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ClientSettings(directory, default);
        }
        catch (JsonException broken)
        {
            throw new CommandFailedException($"Error loading config file: {path}: {broken.Message}");
        }
    }

    /// <summary>The credentials of a registry; empty without any.</summary>
    public AuthConfig Credentials(string registry)
    {
        string name = registry is "docker.io" or "index.docker.io" ? RegistryAuth.HubKey : registry;
        JsonElement auths = root.Member("auths");
        JsonElement entry = auths.Member(name);
        if (entry.ValueKind != JsonValueKind.Object)
        {
            // Old files have an address instead of a host name.
            entry = auths.Members().FirstOrDefault(member => RegistryAuth.HostOf(member.Name) == registry).Value;
        }

        return entry.ValueKind == JsonValueKind.Object
            ? Decode(entry) with { ServerAddress = name }
            : new AuthConfig();
    }

    public IReadOnlyDictionary<string, AuthConfig> AllCredentials() => root.Member("auths").Members()
        .ToDictionary(member => member.Name, member => Decode(member.Value) with { ServerAddress = member.Name });

    /// <summary>Everything else in the file stays as it is.</summary>
    public void SaveCredentials(string registry, AuthConfig? credentials)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, IndentCharacter = '\t',
            IndentSize = 1, }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("auths");
            foreach (JsonProperty member in root.Member("auths").Members().Where(member => member.Name != registry))
            {
                member.WriteTo(writer);
            }

            if (credentials is not null)
            {
                WriteCredentials(writer, registry, credentials);
            }

            writer.WriteEndObject();
            foreach (JsonProperty member in root.Members().Where(member => member.Name != "auths"))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        System.IO.Directory.CreateDirectory(Directory);
        string path = Path.Combine(Directory, "config.json");
        string fresh = path + ".new";
        using (var file = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }

        File.Move(fresh, path, overwrite: true);
    }

    private static void WriteCredentials(Utf8JsonWriter writer, string registry, AuthConfig credentials)
    {
        writer.WriteStartObject(registry);
        string pair = $"{credentials.Username}:{credentials.Password}";
        if (credentials.IdentityToken is { Length: > 0 } token)
        {
            pair = $"{credentials.Username}:";
            writer.WriteString("auth", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
            writer.WriteString("identitytoken", token);
        }
        else
        {
            writer.WriteString("auth", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        writer.WriteEndObject();
    }

    private static AuthConfig Decode(JsonElement entry)
    {
        string auth = entry.Text("auth");
        byte[] buffer = new byte[auth.Length];
        string pair = Convert.TryFromBase64String(auth, buffer, out int length)
            ? Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0') : "";
        int colon = pair.IndexOf(':');
        string token = entry.Text("identitytoken");
        return new AuthConfig
        {
            Username = colon >= 0 ? pair[..colon] : entry.Text("username"),
            Password = token.Length > 0 ? null : colon >= 0 ? pair[(colon + 1)..] : entry.Text("password"),
            IdentityToken = token.Length > 0 ? token : null,
            RegistryToken = entry.Text("registrytoken") is { Length: > 0 } registryToken ? registryToken : null,
        };
    }
}
