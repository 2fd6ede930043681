namespace Skep.Agent.Events;

/// <summary>The bounds of the event stream.</summary>
internal static class EventLimits
{
    /// <summary>Events that a late listener can still ask for: Docker's number.</summary>
    public const int HistoryEvents = 256;

    /// <summary>Events that wait for one listener before it is cut off: Docker's number.</summary>
    public const int QueuedEvents = 1024;

    /// <summary>The longest wait for the end of a stream: less than a timer's 49 days.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromDays(40);
}
