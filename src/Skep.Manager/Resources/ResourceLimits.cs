namespace Skep.Manager.Resources;

/// <summary>Bounds of what nodes get for containers of their own.</summary>
internal static class ResourceLimits
{
    /// <summary>
    /// Attachments of containers that are no tasks: some for each of as many containers as one machine runs. Ended ones
    /// count until the leader removes them.
    /// </summary>
    public const int AttachmentsPerNode = 2_000;

    /// <summary>An allocation is one look of the leader; after this the node waits by itself.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
}
