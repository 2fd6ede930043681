using Skep.Agent.Containerd.Wire;
using Skep.Transport.Rpc;
using EmptyMessage = Google.Protobuf.WellKnownTypes.Empty;

namespace Skep.Agent.Containerd;

/// <summary>The methods of containerd's services that this program calls.</summary>
internal static class ContainerdApi
{
    private const string Services = "/containerd.services.";

    public static class Version
    {
        public static readonly RpcMethod<EmptyMessage, VersionResponse> Get =
            new(Services + "version.v1.Version/Version", VersionResponse.Parser);
    }

    public static class Introspection
    {
        public static readonly RpcMethod<PluginsRequest, PluginsResponse> Plugins =
            new(Services + "introspection.v1.Introspection/Plugins", PluginsResponse.Parser);
    }

    public static class Namespaces
    {
        private const string Path = Services + "namespaces.v1.Namespaces/";
        public static readonly RpcMethod<CreateNamespaceRequest, CreateNamespaceResponse> Create =
            new(Path + "Create", CreateNamespaceResponse.Parser);
        public static readonly RpcMethod<ListNamespacesRequest, ListNamespacesResponse> List =
            new(Path + "List", ListNamespacesResponse.Parser);
        public static readonly RpcMethod<DeleteNamespaceRequest, EmptyMessage> Delete =
            new(Path + "Delete", EmptyMessage.Parser);
    }

    public static class Content
    {
        private const string Path = Services + "content.v1.Content/";
        public static readonly RpcMethod<ContentInfoRequest, ContentInfoResponse> Info =
            new(Path + "Info", ContentInfoResponse.Parser);
        public static readonly RpcMethod<UpdateContentRequest, UpdateContentResponse> Update =
            new(Path + "Update", UpdateContentResponse.Parser);
        public static readonly RpcMethod<ListContentRequest, ListContentResponse> List =
            new(Path + "List", ListContentResponse.Parser);
        public static readonly RpcMethod<DeleteContentRequest, EmptyMessage> Delete =
            new(Path + "Delete", EmptyMessage.Parser);
        public static readonly RpcMethod<ReadContentRequest, ReadContentResponse> Read =
            new(Path + "Read", ReadContentResponse.Parser);
        public static readonly RpcMethod<ContentStatusRequest, ContentStatusResponse> Status =
            new(Path + "Status", ContentStatusResponse.Parser);
        public static readonly RpcMethod<ListContentStatusesRequest, ListContentStatusesResponse> ListStatuses =
            new(Path + "ListStatuses", ListContentStatusesResponse.Parser);
        public static readonly RpcMethod<WriteContentRequest, WriteContentResponse> Write =
            new(Path + "Write", WriteContentResponse.Parser);
        public static readonly RpcMethod<AbortContentRequest, EmptyMessage> Abort =
            new(Path + "Abort", EmptyMessage.Parser);
    }

    public static class Diff
    {
        private const string Path = Services + "diff.v1.Diff/";
        public static readonly RpcMethod<ApplyRequest, ApplyResponse> Apply =
            new(Path + "Apply", ApplyResponse.Parser);
        public static readonly RpcMethod<DiffRequest, DiffResponse> Compare =
            new(Path + "Diff", DiffResponse.Parser);
    }

    public static class Snapshots
    {
        private const string Path = Services + "snapshots.v1.Snapshots/";
        public static readonly RpcMethod<PrepareSnapshotRequest, MountsResponse> Prepare =
            new(Path + "Prepare", MountsResponse.Parser);
        public static readonly RpcMethod<ViewSnapshotRequest, MountsResponse> View =
            new(Path + "View", MountsResponse.Parser);
        public static readonly RpcMethod<MountsRequest, MountsResponse> Mounts =
            new(Path + "Mounts", MountsResponse.Parser);
        public static readonly RpcMethod<CommitSnapshotRequest, EmptyMessage> Commit =
            new(Path + "Commit", EmptyMessage.Parser);
        public static readonly RpcMethod<RemoveSnapshotRequest, EmptyMessage> Remove =
            new(Path + "Remove", EmptyMessage.Parser);
        public static readonly RpcMethod<StatSnapshotRequest, StatSnapshotResponse> Stat =
            new(Path + "Stat", StatSnapshotResponse.Parser);
        public static readonly RpcMethod<ListSnapshotsRequest, ListSnapshotsResponse> List =
            new(Path + "List", ListSnapshotsResponse.Parser);
        public static readonly RpcMethod<SnapshotUsageRequest, SnapshotUsageResponse> Usage =
            new(Path + "Usage", SnapshotUsageResponse.Parser);
        public static readonly RpcMethod<CleanupSnapshotsRequest, EmptyMessage> Cleanup =
            new(Path + "Cleanup", EmptyMessage.Parser);
    }

    public static class Images
    {
        private const string Path = Services + "images.v1.Images/";
        public static readonly RpcMethod<GetImageRequest, GetImageResponse> Get =
            new(Path + "Get", GetImageResponse.Parser);
        public static readonly RpcMethod<ListImagesRequest, ListImagesResponse> List =
            new(Path + "List", ListImagesResponse.Parser);
        public static readonly RpcMethod<CreateImageRequest, CreateImageResponse> Create =
            new(Path + "Create", CreateImageResponse.Parser);
        public static readonly RpcMethod<UpdateImageRequest, UpdateImageResponse> Update =
            new(Path + "Update", UpdateImageResponse.Parser);
        public static readonly RpcMethod<DeleteImageRequest, EmptyMessage> Delete =
            new(Path + "Delete", EmptyMessage.Parser);
    }

    public static class Leases
    {
        private const string Path = Services + "leases.v1.Leases/";
        public static readonly RpcMethod<CreateLeaseRequest, CreateLeaseResponse> Create =
            new(Path + "Create", CreateLeaseResponse.Parser);
        public static readonly RpcMethod<DeleteLeaseRequest, EmptyMessage> Delete =
            new(Path + "Delete", EmptyMessage.Parser);
        public static readonly RpcMethod<ListLeasesRequest, ListLeasesResponse> List =
            new(Path + "List", ListLeasesResponse.Parser);
        public static readonly RpcMethod<AddLeaseResourceRequest, EmptyMessage> AddResource =
            new(Path + "AddResource", EmptyMessage.Parser);
        public static readonly RpcMethod<DeleteLeaseResourceRequest, EmptyMessage> DeleteResource =
            new(Path + "DeleteResource", EmptyMessage.Parser);
    }

    public static class Containers
    {
        private const string Path = Services + "containers.v1.Containers/";
        public static readonly RpcMethod<GetContainerRequest, GetContainerResponse> Get =
            new(Path + "Get", GetContainerResponse.Parser);
        public static readonly RpcMethod<ListContainersRequest, ListContainersResponse> List =
            new(Path + "List", ListContainersResponse.Parser);
        public static readonly RpcMethod<CreateContainerRequest, CreateContainerResponse> Create =
            new(Path + "Create", CreateContainerResponse.Parser);
        public static readonly RpcMethod<UpdateContainerRequest, UpdateContainerResponse> Update =
            new(Path + "Update", UpdateContainerResponse.Parser);
        public static readonly RpcMethod<DeleteContainerRequest, EmptyMessage> Delete =
            new(Path + "Delete", EmptyMessage.Parser);
    }

    public static class Tasks
    {
        private const string Path = Services + "tasks.v1.Tasks/";
        public static readonly RpcMethod<CreateTaskRequest, CreateTaskResponse> Create =
            new(Path + "Create", CreateTaskResponse.Parser);
        public static readonly RpcMethod<StartTaskRequest, StartTaskResponse> Start =
            new(Path + "Start", StartTaskResponse.Parser);
        public static readonly RpcMethod<DeleteTaskRequest, DeleteTaskResponse> Delete =
            new(Path + "Delete", DeleteTaskResponse.Parser);
        public static readonly RpcMethod<DeleteProcessRequest, DeleteTaskResponse> DeleteProcess =
            new(Path + "DeleteProcess", DeleteTaskResponse.Parser);
        public static readonly RpcMethod<GetTaskRequest, GetTaskResponse> Get =
            new(Path + "Get", GetTaskResponse.Parser);
        public static readonly RpcMethod<ListTasksRequest, ListTasksResponse> List =
            new(Path + "List", ListTasksResponse.Parser);
        public static readonly RpcMethod<KillRequest, EmptyMessage> Kill =
            new(Path + "Kill", EmptyMessage.Parser);
        public static readonly RpcMethod<ExecProcessRequest, EmptyMessage> Exec =
            new(Path + "Exec", EmptyMessage.Parser);
        public static readonly RpcMethod<ResizePtyRequest, EmptyMessage> ResizePty =
            new(Path + "ResizePty", EmptyMessage.Parser);
        public static readonly RpcMethod<CloseIORequest, EmptyMessage> CloseIO =
            new(Path + "CloseIO", EmptyMessage.Parser);
        public static readonly RpcMethod<PauseTaskRequest, EmptyMessage> Pause =
            new(Path + "Pause", EmptyMessage.Parser);
        public static readonly RpcMethod<ResumeTaskRequest, EmptyMessage> Resume =
            new(Path + "Resume", EmptyMessage.Parser);
        public static readonly RpcMethod<ListPidsRequest, ListPidsResponse> ListPids =
            new(Path + "ListPids", ListPidsResponse.Parser);
        public static readonly RpcMethod<UpdateTaskRequest, EmptyMessage> Update =
            new(Path + "Update", EmptyMessage.Parser);
        public static readonly RpcMethod<WaitRequest, WaitResponse> Wait =
            new(Path + "Wait", WaitResponse.Parser);
    }

    public static class Events
    {
        public static readonly RpcMethod<SubscribeRequest, Envelope> Subscribe =
            new(Services + "events.v1.Events/Subscribe", Envelope.Parser);
    }
}
