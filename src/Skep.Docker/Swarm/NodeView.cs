using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;
using Skep.Swarm.Objects;
using ApiNodeSpec = Skep.Docker.Engine.NodeSpec;

namespace Skep.Docker.Swarm;

/// <summary>Nodes as the Engine API shows and changes them.</summary>
public static class NodeView
{
    public static NodeInspect Of(Node node) => new()
    {
        Id = node.Id.Value,
        Version = Views.Version(node),
        CreatedAt = Views.CreatedAt(node),
        UpdatedAt = Views.UpdatedAt(node),
        Spec = new ApiNodeSpec
        {
            Name = Views.OrNull(node.Spec.Annotations.Name),
            Labels = node.Spec.Annotations.Labels,
            Role = Views.Word(node.Spec.DesiredRole),
            Availability = Views.Word(node.Spec.Availability),
        },
        Description = node.Description is { } description ? DescriptionOf(description) : new(),
        Status = new()
        {
            State = Views.Word(node.Status.State),
            Message = Views.OrNull(node.Status.Message),
            Addr = Views.OrNull(node.Status.Addr),
        },
        ManagerStatus = node.ManagerStatus is not { } manager
            ? null
            : new NodeManagerStatus
            {
                Leader = manager.Leader,
                Reachability = Views.Word(manager.Reachability),
                Addr = Views.OrNull(manager.Addr),
            },
    };

    /// <summary>What a user asks of a node, on top of what only the swarm itself decides.</summary>
    /// <exception cref="RefusedException">An unknown role or availability.</exception>
    public static Skep.Swarm.Objects.NodeSpec ToSpec(ApiNodeSpec asked, Skep.Swarm.Objects.NodeSpec current) =>
        current with
        {
            Annotations = Views.ToAnnotations(asked.Name, asked.Labels),
            DesiredRole = Choose<NodeRole>(asked.Role, "Role"),
            Availability = Choose<NodeAvailability>(asked.Availability, "Availability"),
        };

    private static T Choose<T>(string? word, string what)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (string.Equals(word, value.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw new RefusedException(ErrorKind.Invalid, $"invalid {what}: {GoText.Quote(word ?? "")}");
    }

    private static Engine.NodeDescription DescriptionOf(Skep.Swarm.Objects.NodeDescription node) => new()
    {
        Hostname = Views.OrNull(node.Hostname),
        Platform = new()
        {
            Architecture = Views.OrNull(node.Platform?.Architecture ?? ""),
            Os = Views.OrNull(node.Platform?.OS ?? ""),
        },
        Resources = node.Resources is { } resources ? ResourceViews.Of(resources) : new(),
        Engine = node.Engine is { } engine ? EngineOf(engine) : new(),
        TlsInfo = node.TlsInfo is { } tls ? TlsOf(tls) : new(),
        CsiInfo = node.CsiInfo.IsEmpty ? null : [.. node.CsiInfo.Select(CsiOf)],
    };

    private static NodeEngine EngineOf(EngineDescription engine) => new()
    {
        EngineVersion = Views.OrNull(engine.EngineVersion),
        Labels = engine.Labels.IsEmpty ? null : engine.Labels,
        Plugins = engine.Plugins.IsEmpty
            ? null
            : [.. engine.Plugins.Select(plugin => new NodePlugin { Type = plugin.Type, Name = plugin.Name })],
    };

    private static TlsInfo TlsOf(NodeTlsInfo tls) => new()
    {
        TrustRoot = Views.OrNull(tls.TrustRoot.ToUtf8()),
        CertIssuerSubject = tls.CertIssuerSubject.IsEmpty ? null : tls.CertIssuerSubject.ToArray(),
        CertIssuerPublicKey = tls.CertIssuerPublicKey.IsEmpty ? null : tls.CertIssuerPublicKey.ToArray(),
    };

    private static NodeCsiPlugin CsiOf(NodeCsiInfo plugin) => new()
    {
        PluginName = Views.OrNull(plugin.PluginName),
        NodeId = Views.OrNull(plugin.NodeId),
        MaxVolumesPerNode = plugin.MaxVolumesPerNode,
        AccessibleTopology = plugin.AccessibleTopology is { } topology
            ? new NodeTopology { Segments = topology.Segments.IsEmpty ? null : topology.Segments }
            : null,
    };
}
