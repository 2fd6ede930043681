using Skep.Swarm.Objects;

namespace Skep.Docker.Compose;

/// <summary>What to load and what it may look at.</summary>
public sealed record ComposeRequest
{
    /// <summary>In the order given; each one overrides those before it.</summary>
    public required ValueList<ComposeSource> Sources { get; init; }

    /// <summary>Absolute; relative paths start here.</summary>
    public required string Directory { get; init; }

    /// <summary>The shell's variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Of --env-file, absolute; empty: .env beside the first file, if there is one.</summary>
    public ValueList<string> EnvFiles { get; init; }

    /// <summary>The text of a file by its absolute path; null: there is none. It may throw.</summary>
    public required Func<string, string?> ReadFile { get; init; }

    public bool SkipInterpolation { get; init; }

    /// <summary>Besides those that COMPOSE_PROFILES names.</summary>
    public ValueList<string> Profiles { get; init; }
}

/// <param name="Name">As the user wrote it, for messages; "-" for standard input.</param>
public sealed record ComposeSource(string Name, string Text);
