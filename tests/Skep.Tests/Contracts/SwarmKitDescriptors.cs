using Google.Protobuf.Reflection;
using Skep.Transport.Contracts;
using Skep.Transport.Contracts.Raftpb;

namespace Skep.Tests.Contracts;

/// <summary>All files of the contracts, as the generated code describes them.</summary>
internal static class SwarmKitDescriptors
{
    public static readonly IReadOnlyList<FileDescriptor> Files =
    [
        AllocatorReflection.Descriptor, CaReflection.Descriptor, CertificatesReflection.Descriptor,
        ClusterReflection.Descriptor, CommonReflection.Descriptor, ContainerReflection.Descriptor,
        ControlReflection.Descriptor, DispatcherReflection.Descriptor, ExtensionReflection.Descriptor,
        HealthReflection.Descriptor, LogsReflection.Descriptor, NetworkReflection.Descriptor,
        NodeReflection.Descriptor, RaftReflection.Descriptor, RaftpbReflection.Descriptor,
        ResourcesReflection.Descriptor, SecretsReflection.Descriptor, ServiceReflection.Descriptor,
        StoreReflection.Descriptor, TaskReflection.Descriptor, VolumeReflection.Descriptor,
        WatchReflection.Descriptor,
    ];

    public static readonly IReadOnlyList<MethodDescriptor> Methods =
        [.. Files.SelectMany(file => file.Services).SelectMany(service => service.Methods)];

    public static readonly IReadOnlyList<MessageDescriptor> Messages =
        [.. Files.SelectMany(file => file.MessageTypes).SelectMany(WithNested)];

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) =>
        message.NestedTypes.Where(nested => nested.ClrType is not null).SelectMany(WithNested).Prepend(message);
}
