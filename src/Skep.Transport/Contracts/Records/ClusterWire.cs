using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>The cluster object, between record and wire.</summary>
public static class ClusterWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Cluster? ToWire(Objects.Cluster? record)
    {
        if (record is null)
        {
            return null;
        }
        var wire = new Cluster
        {
            Id = record.Id.Value,
            Meta = PlainWire.ToWire(record.Meta),
            Spec = ClusterSpecWire.ToWire(record.Spec),
            RootCa = CertificateWire.ToWire(record.RootCA),
            NetworkBootstrapKeys = { PlainWire.ToWire(record.NetworkBootstrapKeys, PlainWire.ToWire) },
            EncryptionKeyLamportClock = record.EncryptionKeyLamportClock,
            UnlockKeys = { PlainWire.ToWire(record.UnlockKeys, PlainWire.ToWire) },
            Fips = record.Fips,
            DefaultAddressPool = { record.DefaultAddressPool },
            SubnetSize = record.SubnetSize,
            VxlanUdpPort = record.VxlanUdpPort,
        };
        foreach (var (key, value) in record.BlacklistedCertificates.Span)
        {
            wire.BlacklistedCertificates.Add(key, ToWire(value));
        }
        return wire;
    }

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Cluster? ToRecord(Cluster? wire) => wire is null ? null : new()
    {
        Id = new(wire.Id),
        Meta = PlainWire.ToRecord(wire.Meta),
        Spec = ClusterSpecWire.ToRecord(wire.Spec) ?? Objects.ClusterSpec.Empty,
        RootCA = CertificateWire.ToRecord(wire.RootCa) ?? Objects.RootCA.Empty,
        NetworkBootstrapKeys = PlainWire.ToRecord(wire.NetworkBootstrapKeys, PlainWire.ToRecord),
        EncryptionKeyLamportClock = wire.EncryptionKeyLamportClock,
        BlacklistedCertificates = PlainWire.ToRecord(wire.BlacklistedCertificates, ToRecord),
        UnlockKeys = PlainWire.ToRecord(wire.UnlockKeys, PlainWire.ToRecord),
        Fips = wire.Fips,
        DefaultAddressPool = PlainWire.ToRecord(wire.DefaultAddressPool),
        SubnetSize = wire.SubnetSize,
        VxlanUdpPort = wire.VxlanUdpPort,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static BlacklistedCertificate? ToWire(Objects.BlacklistedCertificate? record) =>
        record is null ? null : new()
        {
            Expiry = PlainWire.ToWire(record.Expiry),
        };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.BlacklistedCertificate? ToRecord(BlacklistedCertificate? wire) => wire is null ? null : new()
    {
        Expiry = PlainWire.ToRecord(wire.Expiry),
    };
}
