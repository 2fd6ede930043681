using Skep.Swarm.Objects;

namespace Skep.Swarm.Services;

/// <summary>Fills the templates of a task's container spec in, as its node will.</summary>
/// <exception cref="RefusedException">A template cannot be read, or names what there is not.</exception>
public delegate ContainerSpec ExpandContainer(SwarmTask task, NodeDescription node);

/// <summary>What Docker's own formats, which this project does not know, say of a container spec.</summary>
/// <param name="IsImageName">Whether a text can be an image's name, with or without a tag or digest.</param>
/// <param name="Expand">Tries the templates.</param>
public sealed record ContainerFormats(Func<string, bool> IsImageName, ExpandContainer Expand);
