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
            Meta = CommonWire.ToWire(record.Meta),
            Spec = ClusterSpecWire.ToWire(record.Spec),
            RootCa = CertificateWire.ToWire(record.RootCA),
            NetworkBootstrapKeys = { CommonWire.ToWire(record.NetworkBootstrapKeys, CommonWire.ToWire) },
            EncryptionKeyLamportClock = record.EncryptionKeyLamportClock,
            UnlockKeys = { CommonWire.ToWire(record.UnlockKeys, CommonWire.ToWire) },
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
        Meta = CommonWire.ToRecord(wire.Meta),
        Spec = ClusterSpecWire.ToRecord(wire.Spec) ?? Objects.ClusterSpec.Empty,
        RootCA = CertificateWire.ToRecord(wire.RootCa) ?? Objects.RootCA.Empty,
        NetworkBootstrapKeys = CommonWire.ToRecord(wire.NetworkBootstrapKeys, CommonWire.ToRecord),
        EncryptionKeyLamportClock = wire.EncryptionKeyLamportClock,
        BlacklistedCertificates = CommonWire.ToRecord(wire.BlacklistedCertificates, ToRecord),
        UnlockKeys = CommonWire.ToRecord(wire.UnlockKeys, CommonWire.ToRecord),
        Fips = wire.Fips,
        DefaultAddressPool = CommonWire.ToRecord(wire.DefaultAddressPool),
        SubnetSize = wire.SubnetSize,
        VxlanUdpPort = wire.VxlanUdpPort,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static BlacklistedCertificate? ToWire(Objects.BlacklistedCertificate? record) =>
        record is null ? null : new()
        {
            Expiry = CommonWire.ToWire(record.Expiry),
        };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.BlacklistedCertificate? ToRecord(BlacklistedCertificate? wire) => wire is null ? null : new()
    {
        Expiry = CommonWire.ToRecord(wire.Expiry),
    };
}
