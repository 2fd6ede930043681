using Skep.Swarm.Objects;

namespace Skep.Swarm.Decisions;

/// <summary>A decision threw: a fault of ours, or an object that nobody thought of.</summary>
/// <remarks>
/// Nothing was changed by it, so whoever leads goes on without it: see
/// docs/decisions/0018-failed-decisions-are-left-out.md. The message is the cause's.
/// </remarks>
/// <param name="place">Which of the round's deciders it is, counted from 0.</param>
/// <param name="service">What it was about; null: that is not known.</param>
/// <param name="cause">What was thrown.</param>
public sealed class DecisionFailedException(int place, Service? service, Exception cause)
    : Exception(cause.Message, cause)
{
    public int Place => place;

    public Service? Service => service;
}

/// <summary>Says which service a decision failed about, on the way to the round.</summary>
internal sealed class ServiceDecisionException(Service service, Exception cause) : Exception(cause.Message, cause)
{
    public Service Service => service;
}
