using Skep.Swarm.Objects;

namespace Skep.Docker.Stacks;

/// <summary>A stack, which is nothing but a name: on labels of its objects, and at the beginning of theirs.</summary>
public sealed record StackScope(string Name)
{
    /// <summary>Says on every object which stack it belongs to.</summary>
    public const string NamespaceLabel = "com.docker.stack.namespace";

    /// <summary>The image as the compose file names it; the spec's own may have got a digest since.</summary>
    public const string ImageLabel = "com.docker.stack.image";

    /// <param name="key">As the compose file calls it.</param>
    /// <param name="fixedName">The real name, when the file fixes it.</param>
    public string NameOf(string key, string? fixedName) =>
        string.IsNullOrEmpty(fixedName) ? $"{Name}_{key}" : fixedName;

    public ValueMap<string> Labels(ValueMap<string> own) => own.With(NamespaceLabel, Name);
}
