using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>Checks nodes for what does not change with their tasks.</summary>
internal sealed class NodeCheck(StandingNeeds needs)
{
    private const string LatestTag = ":latest";

    private readonly ConstraintSet constraints =
        ConstraintSet.Of(new() { Placement = new() { Constraints = needs.Constraints } });

    public static bool IsReady(Node node) =>
        node.Status.State == NodeState.Ready && node.Spec.Availability == NodeAvailability.Active;

    /// <returns>The first of plugin, constraint and platform that the node fails; null: none.</returns>
    public NodeFilter? Failure(Node node)
    {
        if (!HasPlugins(node))
        {
            return NodeFilter.Plugin;
        }
        if (!constraints.Matches(node))
        {
            return NodeFilter.Constraint;
        }
        return HasPlatform(node) ? null : NodeFilter.Platform;
    }

    /// <summary>What a node has for a label that tasks are spread over; one without it has the empty text.</summary>
    public static string SpreadValue(Node node, string descriptor) =>
        Constraint.IsLabel(descriptor, Constraint.NodeLabelPrefix)
            ? Constraint.LabelOf(node.Spec.Annotations.Labels, descriptor[Constraint.NodeLabelPrefix.Length..])
            : Constraint.LabelOf(
                node.Description?.Engine?.Labels ?? default, descriptor[Constraint.EngineLabelPrefix.Length..]);

    private bool HasPlugins(Node node)
    {
        if (node.Description?.Engine is not { } engine)
        {
            return true;
        }
        foreach (PluginDescription wanted in needs.Plugins)
        {
            bool isTypeSaid = false;
            bool isThere = false;
            foreach (PluginDescription has in engine.Plugins)
            {
                isTypeSaid |= has.Type == wanted.Type;
                isThere |= has.Type == wanted.Type && IsSameName(has.Name, wanted.Name);
            }
            if (!isThere && (isTypeSaid || !TaskNeeds.MayBeUnsaid(wanted)))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsSameName(string has, string wanted) =>
        has == wanted || (has.Length == wanted.Length + LatestTag.Length
            && has.StartsWith(wanted, StringComparison.Ordinal) && has.EndsWith(LatestTag, StringComparison.Ordinal));

    private bool HasPlatform(Node node)
    {
        if (needs.Platforms.IsEmpty)
        {
            return true;
        }
        if (node.Description?.Platform is not { } has)
        {
            return false;
        }
        foreach (Platform wanted in needs.Platforms)
        {
            bool isArchitecture = wanted.Architecture.Length == 0
                || GoName(wanted.Architecture) == GoName(has.Architecture);
            if (isArchitecture && (wanted.OS.Length == 0 || wanted.OS == has.OS))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Kernels and Go call the same two architectures differently.</summary>
    private static string GoName(string architecture) => architecture switch
    {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        _ => architecture,
    };
}
