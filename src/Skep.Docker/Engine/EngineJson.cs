using System.Text.Json.Serialization;

namespace Skep.Docker.Engine;

/// <summary>How the Engine API's objects look as JSON. One line for each type that stands alone in a body.</summary>
/// <remarks>
/// Reading ignores the case of names, as Go does; depth is bounded (reliability: JSON bombs).
/// Writing leaves out null unless the property says <c>Never</c>.
/// Generated reading sets every <c>init</c> property, with null where the body has none: an initial value alone is
/// lost. So a property that is never null says <c>init =&gt; field = value ?? …</c>, which takes an explicit null too.
/// </remarks>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true,
    MaxDepth = 32,
    Converters =
    [
        typeof(GoTimeConverter),
        typeof(GoFlagConverter),
        typeof(GoTextMapConverter),
        typeof(GoNumberConverter<int>),
        typeof(GoNumberConverter<uint>),
        typeof(GoNumberConverter<long>),
        typeof(GoNumberConverter<ulong>),
        typeof(GoNumberConverter<ushort>),
        typeof(GoNumberConverter<float>),
    ])]
[JsonSerializable(typeof(CreateContainerRequest))]
[JsonSerializable(typeof(CreateContainerResponse))]
[JsonSerializable(typeof(ContainerInspect))]
[JsonSerializable(typeof(IReadOnlyList<ContainerSummary>))]
[JsonSerializable(typeof(Stats))]
[JsonSerializable(typeof(TopResponse))]
[JsonSerializable(typeof(WaitResponse))]
[JsonSerializable(typeof(UpdateContainerRequest))]
[JsonSerializable(typeof(UpdateContainerResponse))]
[JsonSerializable(typeof(ContainersPruned))]
[JsonSerializable(typeof(PathStat))]
[JsonSerializable(typeof(ExecConfig))]
[JsonSerializable(typeof(ExecStartRequest))]
[JsonSerializable(typeof(ExecInspect))]
[JsonSerializable(typeof(IdResponse))]
[JsonSerializable(typeof(IReadOnlyList<ImageSummary>))]
[JsonSerializable(typeof(ImageInspect))]
[JsonSerializable(typeof(IReadOnlyList<HistoryItem>))]
[JsonSerializable(typeof(IReadOnlyList<ImageDeleted>))]
[JsonSerializable(typeof(ImagesPruned))]
[JsonSerializable(typeof(ProgressMessage))]
[JsonSerializable(typeof(DistributionInspect))]
[JsonSerializable(typeof(AuthConfig))]
[JsonSerializable(typeof(AuthResponse))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, AuthConfig>))]
[JsonSerializable(typeof(IReadOnlyList<NetworkInspect>))]
[JsonSerializable(typeof(NetworkInspect))]
[JsonSerializable(typeof(CreateNetworkRequest))]
[JsonSerializable(typeof(CreateNetworkResponse))]
[JsonSerializable(typeof(ConnectRequest))]
[JsonSerializable(typeof(DisconnectRequest))]
[JsonSerializable(typeof(NetworksPruned))]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(VolumeList))]
[JsonSerializable(typeof(CreateVolumeRequest))]
[JsonSerializable(typeof(VolumesPruned))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(SystemInfo))]
[JsonSerializable(typeof(SystemVersion))]
[JsonSerializable(typeof(DiskUsage))]
[JsonSerializable(typeof(BuildCachePruned))]
[JsonSerializable(typeof(SwarmInspect))]
[JsonSerializable(typeof(SwarmSpec))]
[JsonSerializable(typeof(SwarmInitRequest))]
[JsonSerializable(typeof(SwarmJoinRequest))]
[JsonSerializable(typeof(SwarmUnlock))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(NodeInspect))]
[JsonSerializable(typeof(IReadOnlyList<NodeInspect>))]
[JsonSerializable(typeof(NodeSpec))]
[JsonSerializable(typeof(SecretInspect))]
[JsonSerializable(typeof(IReadOnlyList<SecretInspect>))]
[JsonSerializable(typeof(SecretSpec))]
[JsonSerializable(typeof(ConfigInspect))]
[JsonSerializable(typeof(IReadOnlyList<ConfigInspect>))]
[JsonSerializable(typeof(ConfigSpec))]
[JsonSerializable(typeof(SwarmObjectCreated))]
[JsonSerializable(typeof(ServiceInspect))]
[JsonSerializable(typeof(IReadOnlyList<ServiceInspect>))]
[JsonSerializable(typeof(ServiceSpec))]
[JsonSerializable(typeof(ServiceCreated))]
[JsonSerializable(typeof(ServiceUpdated))]
[JsonSerializable(typeof(TaskInspect))]
[JsonSerializable(typeof(IReadOnlyList<TaskInspect>))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(IReadOnlyList<Empty>))]
public sealed partial class EngineJson : JsonSerializerContext;
