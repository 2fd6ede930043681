using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Swarm.Objects;
using ConfigSpec = Skep.Docker.Engine.ConfigSpec;
using SecretSpec = Skep.Docker.Engine.SecretSpec;

namespace Skep.Docker.Stacks;

/// <summary>A secret or config of a stack as the compose file wants it.</summary>
/// <remarks>Holds the content of secrets: it is never printed.</remarks>
public sealed record StackFile
{
    /// <summary>As the compose file calls it.</summary>
    public required string Key { get; init; }

    /// <summary>In the swarm, unless another content has that name already: see <see cref="ContentName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Somebody else has created it.</summary>
    public bool IsExternal { get; init; }

    public ValueMap<string> Labels { get; init; }

    /// <summary>Null: it is external, or a driver knows it.</summary>
    public byte[]? Data { get; init; }

    public SwarmDriver? Driver { get; init; }
    public SwarmDriver? Templating { get; init; }

    /// <param name="read">The bytes of a file that the compose file names.</param>
    public static IReadOnlyList<StackFile> Of(
        StackScope scope, IEnumerable<ComposeFileObject> objects, Func<string, byte[]> read) =>
        [.. objects.Select(thing => thing.IsExternal
            ? new StackFile { Key = thing.Key, Name = thing.Name ?? thing.Key, IsExternal = true }
            : new StackFile
            {
                Key = thing.Key,
                Name = scope.NameOf(thing.Key, thing.Name),
                Labels = scope.Labels(thing.Labels),
                Data = ContentOf(thing, read),
                Driver = string.IsNullOrEmpty(thing.Driver) ? null : new SwarmDriver
                {
                    Name = thing.Driver,
                    Options = thing.DriverOptions.IsEmpty ? null : thing.DriverOptions,
                },
                Templating = string.IsNullOrEmpty(thing.TemplateDriver)
                    ? null
                    : new SwarmDriver { Name = thing.TemplateDriver },
            })];

    public SecretSpec ToSecret(string name) => new()
    {
        Name = name,
        Labels = Labels,
        Data = Data,
        Driver = Driver,
        Templating = Templating,
    };

    public ConfigSpec ToConfig(string name) => new()
    {
        Name = name,
        Labels = Labels,
        Data = Data,
        Templating = Templating,
    };

    public override string ToString() => Name;

    // The swarm refuses empty ones too, but only when they are created, and takes an update without content for one of
    // labels: a file that was emptied would stay what it was.
    private static byte[]? ContentOf(ComposeFileObject thing, Func<string, byte[]> read)
    {
        if (!string.IsNullOrEmpty(thing.Driver))
        {
            return null;
        }

        byte[] data = thing.Content is { } content ? System.Text.Encoding.UTF8.GetBytes(content)
            : thing.File is { } path ? read(path)
            : throw ComposeException.At(thing.Place, $"{thing.Key}: has no content: say file, environment or content");
        return data.Length > 0 ? data : throw ComposeException.At(
            thing.Place, $"{thing.Key}: {thing.File ?? "its content"} is empty: data must be larger than 0 bytes");
    }
}
