using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>What a container runs: the request, completed from its image field by field as Docker does it.</summary>
public static class ImageConfigMerge
{
    /// <param name="image">Null: the image says nothing.</param>
    public static ContainerConfig Merge(ContainerConfig request, ContainerConfig? image)
    {
        ContainerConfig merged = image is null ? request : Complete(request, image);

        // [""] is how a client says "none at all", where an empty list means "the image's".
        if (merged.Entrypoint is [""])
        {
            merged = merged with { Entrypoint = null };
        }

        return (merged.Entrypoint?.Count ?? 0) + (merged.Cmd?.Count ?? 0) > 0
            ? merged
            : throw new RefusedException(ErrorKind.Invalid, "No command specified");
    }

    private static ContainerConfig Complete(ContainerConfig request, ContainerConfig image)
    {
        (IReadOnlyList<string>? entrypoint, IReadOnlyList<string>? command) = Command(request, image);
        return request with
        {
            User = Text(request.User, image.User),
            ExposedPorts = Join(request.ExposedPorts, image.ExposedPorts),
            Env = Environment(request.Env, image.Env),
            Labels = Join(request.Labels, image.Labels) ?? new Dictionary<string, string>(),
            Entrypoint = entrypoint,
            Cmd = command,
            Healthcheck = Health(request.Healthcheck, image.Healthcheck),
            WorkingDir = Text(request.WorkingDir, image.WorkingDir),
            Volumes = Join(request.Volumes, image.Volumes),
            StopSignal = string.IsNullOrEmpty(request.StopSignal) ? image.StopSignal : request.StopSignal,
        };
    }

    /// <summary>
    /// An entrypoint of the request's own leaves the image's command behind: it was meant for the other.
    /// </summary>
    private static (IReadOnlyList<string>? Entrypoint, IReadOnlyList<string>? Command) Command(
        ContainerConfig request, ContainerConfig image)
    {
        if (request.Entrypoint is { Count: > 0 })
        {
            return (request.Entrypoint, request.Cmd);
        }

        IReadOnlyList<string>? command = request.Cmd is { Count: > 0 } ? request.Cmd : image.Cmd;
        return (request.Entrypoint ?? image.Entrypoint, command);
    }

    private static IReadOnlyList<string>? Environment(IReadOnlyList<string>? own, IReadOnlyList<string>? image)
    {
        if (own is not { Count: > 0 })
        {
            return image;
        }

        var names = own.Select(NameOf).ToHashSet();
        return [.. own, .. (image ?? []).Where(variable => !names.Contains(NameOf(variable)))];
    }

    private static HealthConfig? Health(HealthConfig? own, HealthConfig? image)
    {
        if (own is null || image is null)
        {
            return own ?? image;
        }

        return new HealthConfig
        {
            Test = own.Test is { Count: > 0 } ? own.Test : image.Test,
            Interval = own.Interval != 0 ? own.Interval : image.Interval,
            Timeout = own.Timeout != 0 ? own.Timeout : image.Timeout,
            StartPeriod = own.StartPeriod != 0 ? own.StartPeriod : image.StartPeriod,
            StartInterval = own.StartInterval != 0 ? own.StartInterval : image.StartInterval,
            Retries = own.Retries != 0 ? own.Retries : image.Retries,
        };
    }

    private static IReadOnlyDictionary<string, T>? Join<T>(
        IReadOnlyDictionary<string, T>? own, IReadOnlyDictionary<string, T>? image)
    {
        if (own is not { Count: > 0 })
        {
            return image ?? own;
        }

        var joined = new Dictionary<string, T>(own);
        foreach ((string key, T value) in image ?? new Dictionary<string, T>())
        {
            joined.TryAdd(key, value);
        }

        return joined;
    }

    private static string Text(string own, string image) => own.Length > 0 ? own : image;

    private static string NameOf(string variable) => variable.Split('=', 2)[0];
}
