namespace Skep.Agent.Network.MeshRouting;

internal static class MeshLimits
{
    /// <summary>Between two comparisons of the kernel with what is wanted.</summary>
    public static readonly TimeSpan Repair = TimeSpan.FromSeconds(30);

    /// <summary>Changes sent in one go: their acknowledgements must fit into the socket's buffer.</summary>
    public const int ChangesPerBatch = 200;
}
