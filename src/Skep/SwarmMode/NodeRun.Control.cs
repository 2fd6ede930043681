namespace Skep.SwarmMode;

// What a manager offers to users.
internal sealed partial class NodeRun
{
    /// <summary>Null while this node is no manager at work.</summary>
    public ISwarmControl? Control { get; private set; }
}
