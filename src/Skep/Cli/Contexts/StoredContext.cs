using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Docker.Templates;

namespace Skep.Cli.Contexts;

/// <summary>A named daemon: what docker keeps in a context's meta.json.</summary>
/// <param name="Host">"": the context says nothing about it.</param>
/// <param name="SkipsVerify">The daemon's certificate is not checked.</param>
internal sealed record StoredContext(string Name, string Description, string Host, bool SkipsVerify)
{
    /// <summary>The name of docker's own endpoint; others are other programs'.</summary>
    public const string DockerName = "docker";

    private const string DescriptionName = "Description";

    /// <summary>False in contexts that other programs made for themselves.</summary>
    public bool HasEndpoint { get; init; } = true;

    /// <summary>Fields that other programs added; they stay as they are.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> OtherMetadata { get; init; } = [];

    /// <summary>Endpoints of other programs; they stay as they are.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> OtherEndpoints { get; init; } = [];

    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static StoredContext Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement.Clone();
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"cannot read a context from a JSON {root.ValueKind}");
        }

        JsonElement metadata = root.Member("Metadata");
        JsonElement endpoints = root.Member("Endpoints");
        JsonElement docker = endpoints.Member(DockerName);
        return new StoredContext(
            root.Text("Name"), metadata.Text(DescriptionName), docker.Text("Host"), docker.Flag("SkipTLSVerify"))
        {
            HasEndpoint = docker.ValueKind == JsonValueKind.Object,
            OtherMetadata = Except(metadata, DescriptionName),
            OtherEndpoints = Except(endpoints, DockerName),
        };
    }

    /// <summary>meta.json as docker writes it.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(GoJson.Write(new GoStruct("store.Metadata", Fields()), true));

    /// <summary>The members of meta.json; inspect adds its own to them.</summary>
    public List<GoField> Fields() =>
    [
        Field("Name", Name),
        Field("Metadata", new GoStruct("command.DockerContext",
        [
            Field(DescriptionName, Description) with { IsImplied = Description.Length == 0 },
            .. OtherMetadata.Select(Other),
        ])),
        Field("Endpoints", new GoMap(
        [
            .. Enumerable.Repeat(KeyValuePair.Create(DockerName, (object?)Endpoint()), HasEndpoint ? 1 : 0),
            .. OtherEndpoints.Select(other => KeyValuePair.Create(other.Key, GoJson.Raw(other.Value))),
        ])),
    ];

    public static GoField Field(string name, object? value) => new(name, 0, _ => value);

    private GoStruct Endpoint() => new("docker.EndpointMeta",
    [
        Field("Host", Host) with { IsImplied = Host.Length == 0 },
        Field("SkipTLSVerify", SkipsVerify),
    ]);

    private static GoField Other(KeyValuePair<string, JsonElement> member) =>
        Field(member.Key, GoJson.Raw(member.Value));

    private static List<KeyValuePair<string, JsonElement>> Except(JsonElement json, string known) =>
        [.. json.Members().Where(member => member.Name != known)
            .Select(member => KeyValuePair.Create(member.Name, member.Value))];
}
