using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Nodes, between record and wire.</summary>
public static class NodeWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Node? ToWire(Objects.Node? record) => record is null ? null : new()
    {
        Id = record.Id.Value,
        Meta = PlainWire.ToWire(record.Meta),
        Spec = ToWire(record.Spec),
        Description = NodeDescriptionWire.ToWire(record.Description),
        Status = ToWire(record.Status),
        ManagerStatus = ToWire(record.ManagerStatus),
        Attachment = NetworkWire.ToWire(record.Attachment),
        Certificate = CertificateWire.ToWire(record.Certificate),
        Role = (NodeRole)record.Role,
        Attachments = { PlainWire.ToWire(record.Attachments, NetworkWire.ToWire) },
        VxlanUdpPort = record.VxlanUdpPort,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Node? ToRecord(Node? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = ToRecord(wire.Spec) ?? Objects.NodeSpec.Empty,
        Description = NodeDescriptionWire.ToRecord(wire.Description),
        Status = ToRecord(wire.Status) ?? Objects.NodeStatus.Empty,
        ManagerStatus = ToRecord(wire.ManagerStatus),
        Attachment = NetworkWire.ToRecord(wire.Attachment),
        Certificate = CertificateWire.ToRecord(wire.Certificate) ?? Objects.Certificate.Empty,
        Role = (Objects.NodeRole)wire.Role,
        Attachments = PlainWire.ToRecord(wire.Attachments, NetworkWire.ToRecord),
        VxlanUdpPort = wire.VxlanUdpPort,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static NodeSpec? ToWire(Objects.NodeSpec? record) => record is null ? null : new()
    {
        Annotations = PlainWire.ToWire(record.Annotations),
        DesiredRole = (NodeRole)record.DesiredRole,
        Membership = (NodeSpec.Types.Membership)record.Membership,
        Availability = (NodeSpec.Types.Availability)record.Availability,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NodeSpec? ToRecord(NodeSpec? wire) => wire is null ? null : new()
    {
        Annotations = PlainWire.ToRecord(wire.Annotations) ?? Objects.Annotations.Empty,
        DesiredRole = (Objects.NodeRole)wire.DesiredRole,
        Membership = (Objects.NodeMembership)wire.Membership,
        Availability = (Objects.NodeAvailability)wire.Availability,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static NodeStatus? ToWire(Objects.NodeStatus? record) => record is null ? null : new()
    {
        State = (NodeStatus.Types.State)record.State,
        Message = record.Message,
        Addr = record.Addr,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.NodeStatus? ToRecord(NodeStatus? wire) => wire is null ? null : new()
    {
        State = (Objects.NodeState)wire.State,
        Message = wire.Message,
        Addr = wire.Addr,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ManagerStatus? ToWire(Objects.ManagerStatus? record) => record is null ? null : new()
    {
        RaftId = record.RaftId,
        Addr = record.Addr,
        Leader = record.Leader,
        Reachability = (RaftMemberStatus.Types.Reachability)record.Reachability,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ManagerStatus? ToRecord(ManagerStatus? wire) => wire is null ? null : new()
    {
        RaftId = wire.RaftId,
        Addr = wire.Addr,
        Leader = wire.Leader,
        Reachability = (Objects.Reachability)wire.Reachability,
    };
}
