using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>
/// About how many bytes an object takes in the log. Counts what users can make large, and guesses the rest.
/// </summary>
public static class ObjectSize
{
    /// <summary>Ids, times, states, resources: what every object has, rounded up.</summary>
    private const int FixedBytes = 512;

    /// <summary>Tag and length in front of a text.</summary>
    private const int TextBytes = 4;

    public static long Estimate(StoreAction action) =>
        action.Kind == StoreActionKind.Remove ? FixedBytes : Estimate(action.Object);

    public static long Estimate(StoreObject item) => FixedBytes + Of(item.Naming) + item switch
    {
        Secret secret => secret.Spec.Data.Length,
        Config config => config.Spec.Data.Length,
        Service service => Of(service.Spec.Task)
            + (service.PreviousSpec is { } previous ? Of(previous.Task) + Of(previous.Annotations) : 0)
            + Of(service.Endpoint),
        SwarmTask task => Of(task.Spec) + Of(task.ServiceAnnotations) + Of(task.Endpoint) + Of(task.Networks)
            + task.Status.Err.Length + task.Status.Message.Length,
        Node node => Of(node.Attachments) + node.Certificate.Csr.Length + node.Certificate.Pem.Length
            + Of(node.Description),
        Cluster cluster => cluster.RootCA.CACert.Length + cluster.RootCA.CAKey.Length
            + (FixedBytes * 8) + (cluster.BlacklistedCertificates.Count * 64L)
            + cluster.Spec.CAConfig.SigningCACert.Length + cluster.Spec.CAConfig.SigningCAKey.Length,
        SwarmNetwork network => Of(network),
        Resource resource => resource.Payload?.Value.Length ?? 0,
        Volume volume => FixedBytes + (volume.PublishStatus.Count * (long)FixedBytes),
        _ => 0,
    };

    private static long Of(TaskSpec spec) => FixedBytes + (spec.Networks.Count * 128L) + (spec.Runtime switch
    {
        ContainerSpec container => Of(container),
        GenericRuntimeSpec generic => generic.Payload?.Value.Length ?? 0,
        _ => 0,
    }) + Of(spec.LogDriver) + (spec.Placement is { } placement ? Of(placement.Constraints) : 0);

    private static long Of(ContainerSpec spec) =>
        spec.Image.Length + Of(spec.Labels) + Of(spec.Command) + Of(spec.Args) + Of(spec.Env) + Of(spec.Hosts)
        + Of(spec.Sysctls) + Of(spec.Groups) + Of(spec.CapabilityAdd) + Of(spec.CapabilityDrop)
        + (spec.PullOptions?.RegistryAuth.Length ?? 0) + (spec.Privileges?.Seccomp?.Profile.Length ?? 0)
        + (spec.Healthcheck is { } health ? Of(health.Test) : 0)
        + spec.Mounts.Sum(mount => 64L + mount.Source.Length + mount.Target.Length + Of(mount.VolumeOptions?.Labels))
        + ((spec.Secrets.Count + spec.Configs.Count) * 160L) + (spec.Ulimits.Count * 48L);

    private static long Of(NodeDescription? description) => description is null
        ? 0
        : FixedBytes + (description.TlsInfo?.TrustRoot.Length ?? 0) + Of(description.Engine?.Labels)
            + ((description.Engine?.Plugins.Count ?? 0) * 32L) + ((description.Resources?.Generic.Count ?? 0) * 48L);

    private static long Of(Endpoint? endpoint) => endpoint is null
        ? 0
        : ((endpoint.Ports.Count + (endpoint.Spec?.Ports.Count ?? 0)) * 32L) + (endpoint.VirtualIPs.Count * 64L);

    private static long Of(ValueList<NetworkAttachment> attachments) => attachments.Sum(
        attachment => Of(attachment.Network) + Of(attachment.Addresses) + Of(attachment.Aliases));

    private static long Of(SwarmNetwork? network) => network is null
        ? 0
        : FixedBytes + Of(network.Spec.Annotations) + Of(network.DriverState) + Of(network.Spec.DriverConfig);

    private static long Of(Driver? driver) => driver is null ? 0 : driver.Name.Length + Of(driver.Options);

    private static long Of(Annotations annotations) => annotations.Name.Length + Of(annotations.Labels);

    private static long Of(ValueMap<string>? map) =>
        map?.Sum(entry => entry.Key.Length + entry.Value.Length + (TextBytes * 2L)) ?? 0;

    private static long Of(ValueList<string> texts) => texts.Sum(text => text.Length + (long)TextBytes);
}
