using Skep.Docker.Validation;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Docker.Swarm;

/// <summary>The Engine API's words for what services choose between, where they are not our names.</summary>
internal static class ServiceWords
{
    public static string Of(UpdateOrder order) => order == UpdateOrder.StartFirst ? "start-first" : "stop-first";

    public static string Of(UpdateState state) => state switch
    {
        UpdateState.Updating => "updating",
        UpdateState.Paused => "paused",
        UpdateState.Completed => "completed",
        UpdateState.RollbackStarted => "rollback_started",
        UpdateState.RollbackPaused => "rollback_paused",
        UpdateState.RollbackCompleted => "rollback_completed",
        _ => "",
    };

    public static string Of(RestartCondition condition) => condition switch
    {
        RestartCondition.None => "none",
        RestartCondition.OnFailure => "on-failure",
        _ => "any",
    };

    public static string Of(ResolutionMode mode) => mode == ResolutionMode.DnsRoundRobin ? "dnsrr" : "vip";

    public static string Of(MountType type) => type == MountType.NamedPipe ? "npipe" : Views.Word(type);

    public static string? OrNull(MountConsistency consistency) => consistency switch
    {
        MountConsistency.Full => "consistent",
        MountConsistency.Default => null,
        _ => Views.Word(consistency),
    };

    public static UpdateOrder Order(string? word) => word switch
    {
        null or "" or "stop-first" => UpdateOrder.StopFirst,
        "start-first" => UpdateOrder.StartFirst,
        _ => throw Refused($"unrecognized update order {word}"),
    };

    public static UpdateFailureAction FailureAction(string? word) => word switch
    {
        null or "" or "pause" => UpdateFailureAction.Pause,
        "continue" => UpdateFailureAction.Continue,
        "rollback" => UpdateFailureAction.Rollback,
        _ => throw Refused($"unrecognized update failure action {word}"),
    };

    public static RestartCondition Condition(string? word) => word switch
    {
        "none" => RestartCondition.None,
        "on-failure" => RestartCondition.OnFailure,
        null or "" or "any" => RestartCondition.Any,
        _ => throw Refused($"invalid RestartCondition: {GoText.Quote(word)}"),
    };

    public static ResolutionMode Resolution(string? word) => word switch
    {
        null or "" or "vip" => ResolutionMode.Vip,
        "dnsrr" => ResolutionMode.DnsRoundRobin,
        _ => throw Refused($"invalid resolution mode: {GoText.Quote(word)}"),
    };

    public static MountType Type(string word) => word.ToLowerInvariant() switch
    {
        "" or "bind" => MountType.Bind,
        "volume" => MountType.Volume,
        "tmpfs" => MountType.Tmpfs,
        "npipe" => MountType.NamedPipe,
        "cluster" => MountType.Cluster,
        _ => throw Refused($"invalid MountType: {GoText.Quote(word)}"),
    };

    public static MountConsistency Consistency(string? word) => word switch
    {
        null or "" or "default" => MountConsistency.Default,
        "consistent" => MountConsistency.Full,
        "cached" => MountConsistency.Cached,
        "delegated" => MountConsistency.Delegated,
        _ => throw Refused($"invalid mount consistency: {GoText.Quote(word)}"),
    };

    /// <summary>A word that is the name of a value of ours; none is the first value.</summary>
    /// <param name="what">For the words of a refusal.</param>
    public static T Named<T>(string? word, string what)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(word))
        {
            return default;
        }

        foreach (T value in Enum.GetValues<T>())
        {
            if (string.Equals(word, value.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw Refused($"invalid {what}: {GoText.Quote(word)}");
    }

    public static RefusedException Refused(string why) => new(ErrorKind.Invalid, why);
}
