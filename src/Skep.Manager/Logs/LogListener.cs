using Skep.Manager.Dispatch;
using Skep.Swarm;

namespace Skep.Manager.Logs;

/// <summary>One call of an agent that waits for subscriptions.</summary>
internal sealed class LogListener(NodeId node)
{
    public NodeId Node => node;

    public Wake Wake { get; } = new();

    /// <summary>What the agent was told of, by id; under the broker's lock.</summary>
    public Dictionary<string, LogSubscription> Told { get; } = new(StringComparer.Ordinal);
}
