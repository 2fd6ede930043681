using Skep.Transport.Rpc;

namespace Skep.Transport.Contracts;

/// <summary>The methods of SwarmKit's services, by service. Their paths are what makes us its peer.</summary>
/// <remarks>Who may call which is in <see cref="SwarmKitAccess"/>.</remarks>
public static partial class SwarmKitMethods
{
    private const string Package = "/docker.swarmkit.v1.";

    public static class CA
    {
        private const string Path = Package + "CA/";

        public static readonly RpcMethod<GetRootCACertificateRequest, GetRootCACertificateResponse>
            GetRootCACertificate = new(Path + "GetRootCACertificate", GetRootCACertificateResponse.Parser);
        public static readonly RpcMethod<GetUnlockKeyRequest, GetUnlockKeyResponse> GetUnlockKey =
            new(Path + "GetUnlockKey", GetUnlockKeyResponse.Parser);
    }

    public static class NodeCA
    {
        private const string Path = Package + "NodeCA/";

        public static readonly RpcMethod<IssueNodeCertificateRequest, IssueNodeCertificateResponse>
            IssueNodeCertificate = new(Path + "IssueNodeCertificate", IssueNodeCertificateResponse.Parser);
        public static readonly RpcMethod<NodeCertificateStatusRequest, NodeCertificateStatusResponse>
            NodeCertificateStatus = new(Path + "NodeCertificateStatus", NodeCertificateStatusResponse.Parser);
    }

    public static class Dispatcher
    {
        private const string Path = Package + "Dispatcher/";

        public static readonly RpcMethod<SessionRequest, SessionMessage> Session =
            new(Path + "Session", SessionMessage.Parser);
        public static readonly RpcMethod<HeartbeatRequest, HeartbeatResponse> Heartbeat =
            new(Path + "Heartbeat", HeartbeatResponse.Parser);
        public static readonly RpcMethod<UpdateTaskStatusRequest, UpdateTaskStatusResponse> UpdateTaskStatus =
            new(Path + "UpdateTaskStatus", UpdateTaskStatusResponse.Parser);
        public static readonly RpcMethod<UpdateVolumeStatusRequest, UpdateVolumeStatusResponse> UpdateVolumeStatus =
            new(Path + "UpdateVolumeStatus", UpdateVolumeStatusResponse.Parser);
        public static readonly RpcMethod<TasksRequest, TasksMessage> Tasks =
            new(Path + "Tasks", TasksMessage.Parser);
        public static readonly RpcMethod<AssignmentsRequest, AssignmentsMessage> Assignments =
            new(Path + "Assignments", AssignmentsMessage.Parser);
    }

    public static class Raft
    {
        private const string Path = Package + "Raft/";

        public static readonly RpcMethod<ProcessRaftMessageRequest, ProcessRaftMessageResponse> ProcessRaftMessage =
            new(Path + "ProcessRaftMessage", ProcessRaftMessageResponse.Parser);
        public static readonly RpcMethod<StreamRaftMessageRequest, StreamRaftMessageResponse> StreamRaftMessage =
            new(Path + "StreamRaftMessage", StreamRaftMessageResponse.Parser);
        public static readonly RpcMethod<ResolveAddressRequest, ResolveAddressResponse> ResolveAddress =
            new(Path + "ResolveAddress", ResolveAddressResponse.Parser);
    }

    public static class RaftMembership
    {
        private const string Path = Package + "RaftMembership/";

        public static readonly RpcMethod<JoinRequest, JoinResponse> Join =
            new(Path + "Join", JoinResponse.Parser);
        public static readonly RpcMethod<LeaveRequest, LeaveResponse> Leave =
            new(Path + "Leave", LeaveResponse.Parser);
    }

    public static class ResourceAllocator
    {
        private const string Path = Package + "ResourceAllocator/";

        public static readonly RpcMethod<AttachNetworkRequest, AttachNetworkResponse> AttachNetwork =
            new(Path + "AttachNetwork", AttachNetworkResponse.Parser);
        public static readonly RpcMethod<DetachNetworkRequest, DetachNetworkResponse> DetachNetwork =
            new(Path + "DetachNetwork", DetachNetworkResponse.Parser);
    }

    public static class Health
    {
        private const string Path = Package + "Health/";

        public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Check =
            new(Path + "Check", HealthCheckResponse.Parser);
    }

    public static class LogBroker
    {
        private const string Path = Package + "LogBroker/";

        public static readonly RpcMethod<ListenSubscriptionsRequest, SubscriptionMessage> ListenSubscriptions =
            new(Path + "ListenSubscriptions", SubscriptionMessage.Parser);
        public static readonly RpcMethod<PublishLogsMessage, PublishLogsResponse> PublishLogs =
            new(Path + "PublishLogs", PublishLogsResponse.Parser);
    }

    public static class Logs
    {
        private const string Path = Package + "Logs/";

        public static readonly RpcMethod<SubscribeLogsRequest, SubscribeLogsMessage> SubscribeLogs =
            new(Path + "SubscribeLogs", SubscribeLogsMessage.Parser);
    }

    public static class Watches
    {
        private const string Path = Package + "Watch/";

        public static readonly RpcMethod<WatchRequest, WatchMessage> Watch =
            new(Path + "Watch", WatchMessage.Parser);
    }
}
