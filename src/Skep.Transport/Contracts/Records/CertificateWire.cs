using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Certificates and the authority in the store, between record and wire.</summary>
public static class CertificateWire
{
    [return: NotNullIfNotNull(nameof(record))]
    public static Certificate? ToWire(Objects.Certificate? record) => record is null ? null : new()
    {
        Role = (NodeRole)record.Role,
        Csr = PlainWire.ToWire(record.Csr),
        Status = ToWire(record.Status),
        Certificate_ = PlainWire.ToWire(record.Pem),
        Cn = record.CN,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Certificate? ToRecord(Certificate? wire) => wire is null ? null : new()
    {
        Role = (Objects.NodeRole)wire.Role,
        Csr = PlainWire.ToRecord(wire.Csr),
        Status = ToRecord(wire.Status) ?? Objects.IssuanceStatus.Empty,
        Pem = PlainWire.ToRecord(wire.Certificate_),
        CN = wire.Cn,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static IssuanceStatus? ToWire(Objects.IssuanceStatus? record) => record is null ? null : new()
    {
        State = (IssuanceStatus.Types.State)record.State,
        Err = record.Err,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.IssuanceStatus? ToRecord(IssuanceStatus? wire) => wire is null ? null : new()
    {
        State = (Objects.IssuanceState)wire.State,
        Err = wire.Err,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static RootCA? ToWire(Objects.RootCA? record) => record is null ? null : new()
    {
        CaKey = PlainWire.ToWire(record.CAKey),
        CaCert = PlainWire.ToWire(record.CACert),
        CaCertHash = record.CACertHash,
        JoinTokens = ToWire(record.JoinTokens),
        RootRotation = ToWire(record.RootRotation),
        LastForcedRotation = record.LastForcedRotation,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.RootCA? ToRecord(RootCA? wire) => wire is null ? null : new()
    {
        CAKey = PlainWire.ToRecord(wire.CaKey),
        CACert = PlainWire.ToRecord(wire.CaCert),
        CACertHash = wire.CaCertHash,
        JoinTokens = ToRecord(wire.JoinTokens) ?? Objects.JoinTokens.Empty,
        RootRotation = ToRecord(wire.RootRotation),
        LastForcedRotation = wire.LastForcedRotation,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static JoinTokens? ToWire(Objects.JoinTokens? record) => record is null ? null : new()
    {
        Worker = record.Worker,
        Manager = record.Manager,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.JoinTokens? ToRecord(JoinTokens? wire) => wire is null ? null : new()
    {
        Worker = wire.Worker,
        Manager = wire.Manager,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static RootRotation? ToWire(Objects.RootRotation? record) => record is null ? null : new()
    {
        CaCert = PlainWire.ToWire(record.CACert),
        CaKey = PlainWire.ToWire(record.CAKey),
        CrossSignedCaCert = PlainWire.ToWire(record.CrossSignedCACert),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.RootRotation? ToRecord(RootRotation? wire) => wire is null ? null : new()
    {
        CACert = PlainWire.ToRecord(wire.CaCert),
        CAKey = PlainWire.ToRecord(wire.CaKey),
        CrossSignedCACert = PlainWire.ToRecord(wire.CrossSignedCaCert),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static CAConfig? ToWire(Objects.CAConfig? record) => record is null ? null : new()
    {
        NodeCertExpiry = PlainWire.ToWire(record.NodeCertExpiry),
        ExternalCas = { PlainWire.ToWire(record.ExternalCAs, ToWire) },
        SigningCaCert = PlainWire.ToWire(record.SigningCACert),
        SigningCaKey = PlainWire.ToWire(record.SigningCAKey),
        ForceRotate = record.ForceRotate,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.CAConfig? ToRecord(CAConfig? wire) => wire is null ? null : new()
    {
        NodeCertExpiry = PlainWire.ToRecord(wire.NodeCertExpiry),
        ExternalCAs = PlainWire.ToRecord(wire.ExternalCas, ToRecord),
        SigningCACert = PlainWire.ToRecord(wire.SigningCaCert),
        SigningCAKey = PlainWire.ToRecord(wire.SigningCaKey),
        ForceRotate = wire.ForceRotate,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ExternalCA? ToWire(Objects.ExternalCA? record) => record is null ? null : new()
    {
        Protocol = (ExternalCA.Types.CAProtocol)record.Protocol,
        Url = record.Url,
        Options = { PlainWire.ToWire(record.Options) },
        CaCert = PlainWire.ToWire(record.CACert),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ExternalCA? ToRecord(ExternalCA? wire) => wire is null ? null : new()
    {
        Protocol = (Objects.ExternalCAProtocol)wire.Protocol,
        Url = wire.Url,
        Options = PlainWire.ToRecord(wire.Options),
        CACert = PlainWire.ToRecord(wire.CaCert),
    };
}
