using Skep.Transport.Rpc;

namespace Skep.Transport.Contracts;

public static partial class SwarmKitMethods
{
    /// <summary>What a manager that does not lead asks of the leader for its API's callers.</summary>
    public static class Control
    {
        private const string Path = Package + "Control/";

        public static readonly RpcMethod<GetNodeRequest, GetNodeResponse> GetNode =
            new(Path + "GetNode", GetNodeResponse.Parser);
        public static readonly RpcMethod<ListNodesRequest, ListNodesResponse> ListNodes =
            new(Path + "ListNodes", ListNodesResponse.Parser);
        public static readonly RpcMethod<UpdateNodeRequest, UpdateNodeResponse> UpdateNode =
            new(Path + "UpdateNode", UpdateNodeResponse.Parser);
        public static readonly RpcMethod<RemoveNodeRequest, RemoveNodeResponse> RemoveNode =
            new(Path + "RemoveNode", RemoveNodeResponse.Parser);
        public static readonly RpcMethod<GetTaskRequest, GetTaskResponse> GetTask =
            new(Path + "GetTask", GetTaskResponse.Parser);
        public static readonly RpcMethod<ListTasksRequest, ListTasksResponse> ListTasks =
            new(Path + "ListTasks", ListTasksResponse.Parser);
        public static readonly RpcMethod<RemoveTaskRequest, RemoveTaskResponse> RemoveTask =
            new(Path + "RemoveTask", RemoveTaskResponse.Parser);
        public static readonly RpcMethod<GetServiceRequest, GetServiceResponse> GetService =
            new(Path + "GetService", GetServiceResponse.Parser);
        public static readonly RpcMethod<ListServicesRequest, ListServicesResponse> ListServices =
            new(Path + "ListServices", ListServicesResponse.Parser);
        public static readonly RpcMethod<CreateServiceRequest, CreateServiceResponse> CreateService =
            new(Path + "CreateService", CreateServiceResponse.Parser);
        public static readonly RpcMethod<UpdateServiceRequest, UpdateServiceResponse> UpdateService =
            new(Path + "UpdateService", UpdateServiceResponse.Parser);
        public static readonly RpcMethod<RemoveServiceRequest, RemoveServiceResponse> RemoveService =
            new(Path + "RemoveService", RemoveServiceResponse.Parser);
        public static readonly RpcMethod<ListServiceStatusesRequest, ListServiceStatusesResponse> ListServiceStatuses =
            new(Path + "ListServiceStatuses", ListServiceStatusesResponse.Parser);
        public static readonly RpcMethod<GetNetworkRequest, GetNetworkResponse> GetNetwork =
            new(Path + "GetNetwork", GetNetworkResponse.Parser);
        public static readonly RpcMethod<ListNetworksRequest, ListNetworksResponse> ListNetworks =
            new(Path + "ListNetworks", ListNetworksResponse.Parser);
        public static readonly RpcMethod<CreateNetworkRequest, CreateNetworkResponse> CreateNetwork =
            new(Path + "CreateNetwork", CreateNetworkResponse.Parser);
        public static readonly RpcMethod<RemoveNetworkRequest, RemoveNetworkResponse> RemoveNetwork =
            new(Path + "RemoveNetwork", RemoveNetworkResponse.Parser);
        public static readonly RpcMethod<GetClusterRequest, GetClusterResponse> GetCluster =
            new(Path + "GetCluster", GetClusterResponse.Parser);
        public static readonly RpcMethod<ListClustersRequest, ListClustersResponse> ListClusters =
            new(Path + "ListClusters", ListClustersResponse.Parser);
        public static readonly RpcMethod<UpdateClusterRequest, UpdateClusterResponse> UpdateCluster =
            new(Path + "UpdateCluster", UpdateClusterResponse.Parser);
        public static readonly RpcMethod<GetSecretRequest, GetSecretResponse> GetSecret =
            new(Path + "GetSecret", GetSecretResponse.Parser);
        public static readonly RpcMethod<UpdateSecretRequest, UpdateSecretResponse> UpdateSecret =
            new(Path + "UpdateSecret", UpdateSecretResponse.Parser);
        public static readonly RpcMethod<ListSecretsRequest, ListSecretsResponse> ListSecrets =
            new(Path + "ListSecrets", ListSecretsResponse.Parser);
        public static readonly RpcMethod<CreateSecretRequest, CreateSecretResponse> CreateSecret =
            new(Path + "CreateSecret", CreateSecretResponse.Parser);
        public static readonly RpcMethod<RemoveSecretRequest, RemoveSecretResponse> RemoveSecret =
            new(Path + "RemoveSecret", RemoveSecretResponse.Parser);
        public static readonly RpcMethod<GetConfigRequest, GetConfigResponse> GetConfig =
            new(Path + "GetConfig", GetConfigResponse.Parser);
        public static readonly RpcMethod<UpdateConfigRequest, UpdateConfigResponse> UpdateConfig =
            new(Path + "UpdateConfig", UpdateConfigResponse.Parser);
        public static readonly RpcMethod<ListConfigsRequest, ListConfigsResponse> ListConfigs =
            new(Path + "ListConfigs", ListConfigsResponse.Parser);
        public static readonly RpcMethod<CreateConfigRequest, CreateConfigResponse> CreateConfig =
            new(Path + "CreateConfig", CreateConfigResponse.Parser);
        public static readonly RpcMethod<RemoveConfigRequest, RemoveConfigResponse> RemoveConfig =
            new(Path + "RemoveConfig", RemoveConfigResponse.Parser);
        public static readonly RpcMethod<GetExtensionRequest, GetExtensionResponse> GetExtension =
            new(Path + "GetExtension", GetExtensionResponse.Parser);
        public static readonly RpcMethod<CreateExtensionRequest, CreateExtensionResponse> CreateExtension =
            new(Path + "CreateExtension", CreateExtensionResponse.Parser);
        public static readonly RpcMethod<RemoveExtensionRequest, RemoveExtensionResponse> RemoveExtension =
            new(Path + "RemoveExtension", RemoveExtensionResponse.Parser);
        public static readonly RpcMethod<GetResourceRequest, GetResourceResponse> GetResource =
            new(Path + "GetResource", GetResourceResponse.Parser);
        public static readonly RpcMethod<UpdateResourceRequest, UpdateResourceResponse> UpdateResource =
            new(Path + "UpdateResource", UpdateResourceResponse.Parser);
        public static readonly RpcMethod<ListResourcesRequest, ListResourcesResponse> ListResources =
            new(Path + "ListResources", ListResourcesResponse.Parser);
        public static readonly RpcMethod<CreateResourceRequest, CreateResourceResponse> CreateResource =
            new(Path + "CreateResource", CreateResourceResponse.Parser);
        public static readonly RpcMethod<RemoveResourceRequest, RemoveResourceResponse> RemoveResource =
            new(Path + "RemoveResource", RemoveResourceResponse.Parser);
        public static readonly RpcMethod<CreateVolumeRequest, CreateVolumeResponse> CreateVolume =
            new(Path + "CreateVolume", CreateVolumeResponse.Parser);
        public static readonly RpcMethod<GetVolumeRequest, GetVolumeResponse> GetVolume =
            new(Path + "GetVolume", GetVolumeResponse.Parser);
        public static readonly RpcMethod<UpdateVolumeRequest, UpdateVolumeResponse> UpdateVolume =
            new(Path + "UpdateVolume", UpdateVolumeResponse.Parser);
        public static readonly RpcMethod<ListVolumesRequest, ListVolumesResponse> ListVolumes =
            new(Path + "ListVolumes", ListVolumesResponse.Parser);
        public static readonly RpcMethod<RemoveVolumeRequest, RemoveVolumeResponse> RemoveVolume =
            new(Path + "RemoveVolume", RemoveVolumeResponse.Parser);
    }
}
