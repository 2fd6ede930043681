namespace Skep.SwarmMode;

// What is measured of this node.
public sealed partial class SwarmNode
{
    /// <summary>A sample of this moment; asks nobody.</summary>
    public NodeSample Measure() => new(Status, parts.Networks.Current, run?.Measure());
}
