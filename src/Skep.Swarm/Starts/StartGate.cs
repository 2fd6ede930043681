namespace Skep.Swarm.Starts;

/// <summary>What must be true of a service before another one starts; the words of a compose file.</summary>
public enum StartCondition
{
    /// <summary>A task of it is being started on its node, or came further.</summary>
    Started,

    /// <summary>A task of it runs; one with a health check runs when the check has passed.</summary>
    Healthy,

    /// <summary>All that it has to do was done, and ended well.</summary>
    Completed,
}

/// <summary>A service that must be there before another one starts.</summary>
/// <param name="Service">Its name.</param>
public sealed record StartGate(string Service, StartCondition Condition);
