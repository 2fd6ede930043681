using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>What users asked of tasks as the Engine API shows it.</summary>
internal static class TaskSpecView
{
    public static Api.TaskSpec Of(TaskSpec spec) => new()
    {
        ContainerSpec = spec.Container is { } container ? ContainerSpecView.Of(container) : null,
        NetworkAttachmentSpec = spec.Runtime is NetworkAttachmentSpec attachment
            ? new() { ContainerId = attachment.ContainerId }
            : null,
        Resources = ResourceViews.Of(spec),
        RestartPolicy = spec.Restart is { } restart ? RestartOf(restart) : null,
        Placement = spec.Placement is { } placement ? PlacementOf(placement) : null,
        Networks = NetworkViews.TargetsOf(spec.Networks),
        LogDriver = Views.DriverOf(spec.LogDriver),
        ForceUpdate = spec.ForceUpdate,
        Runtime = spec.Runtime is NetworkAttachmentSpec ? "attachment" : null,
    };

    /// <summary>Services say what they run, where tasks do not.</summary>
    public static string? RuntimeOf(TaskSpec spec) => spec.Runtime switch
    {
        ContainerSpec => "container",
        GenericRuntimeSpec generic => Views.OrNull(generic.Kind),
        NetworkAttachmentSpec => "attachment",
        _ => null,
    };

    private static Api.TaskRestartPolicy RestartOf(RestartPolicy policy) => new()
    {
        Condition = ServiceWords.Of(policy.Condition),
        Delay = policy.Delay?.ToNanoseconds(),
        MaxAttempts = policy.MaxAttempts,
        Window = policy.Window?.ToNanoseconds(),
    };

    private static Api.TaskPlacement PlacementOf(Placement placement) => new()
    {
        Constraints = Views.OrNull(placement.Constraints),
        Preferences = Spreads(placement) is { Count: > 0 } spreads ? spreads : null,
        MaxReplicas = placement.MaxReplicas,
        Platforms = placement.Platforms.IsEmpty
            ? null
            : [.. placement.Platforms.Select(platform => new Api.NodePlatform
            {
                Architecture = Views.OrNull(platform.Architecture),
                Os = Views.OrNull(platform.OS),
            })],
    };

    private static List<Api.TaskPreference> Spreads(Placement placement) =>
    [
        .. placement.Preferences
            .Where(preference => preference.Spread is not null)
            .Select(preference => new Api.TaskPreference
            {
                Spread = new() { SpreadDescriptor = preference.Spread!.SpreadDescriptor },
            }),
    ];
}
