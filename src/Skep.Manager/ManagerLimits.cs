namespace Skep.Manager;

/// <summary>Bounds of a manager as a whole.</summary>
internal static class ManagerLimits
{
    /// <summary>How often a starting manager looks whether the first objects have reached it.</summary>
    public static readonly TimeSpan FirstObjectsPoll = TimeSpan.FromMilliseconds(20);
}
