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
        Csr = CommonWire.ToWire(record.Csr),
        Status = ToWire(record.Status),
        Certificate_ = CommonWire.ToWire(record.Pem),
        Cn = record.CN,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Certificate? ToRecord(Certificate? wire) => wire is null ? null : new()
    {
        Role = (Objects.NodeRole)wire.Role,
        Csr = CommonWire.ToRecord(wire.Csr),
        Status = ToRecord(wire.Status) ?? Objects.IssuanceStatus.Empty,
        Pem = CommonWire.ToRecord(wire.Certificate_),
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
        CaKey = CommonWire.ToWire(record.CAKey),
        CaCert = CommonWire.ToWire(record.CACert),
        CaCertHash = record.CACertHash,
        JoinTokens = ToWire(record.JoinTokens),
        RootRotation = ToWire(record.RootRotation),
        LastForcedRotation = record.LastForcedRotation,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.RootCA? ToRecord(RootCA? wire) => wire is null ? null : new()
    {
        CAKey = CommonWire.ToRecord(wire.CaKey),
        CACert = CommonWire.ToRecord(wire.CaCert),
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
        CaCert = CommonWire.ToWire(record.CACert),
        CaKey = CommonWire.ToWire(record.CAKey),
        CrossSignedCaCert = CommonWire.ToWire(record.CrossSignedCACert),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.RootRotation? ToRecord(RootRotation? wire) => wire is null ? null : new()
    {
        CACert = CommonWire.ToRecord(wire.CaCert),
        CAKey = CommonWire.ToRecord(wire.CaKey),
        CrossSignedCACert = CommonWire.ToRecord(wire.CrossSignedCaCert),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static CAConfig? ToWire(Objects.CAConfig? record) => record is null ? null : new()
    {
        NodeCertExpiry = CommonWire.ToWire(record.NodeCertExpiry),
        ExternalCas = { CommonWire.ToWire(record.ExternalCAs, ToWire) },
        SigningCaCert = CommonWire.ToWire(record.SigningCACert),
        SigningCaKey = CommonWire.ToWire(record.SigningCAKey),
        ForceRotate = record.ForceRotate,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.CAConfig? ToRecord(CAConfig? wire) => wire is null ? null : new()
    {
        NodeCertExpiry = CommonWire.ToRecord(wire.NodeCertExpiry),
        ExternalCAs = CommonWire.ToRecord(wire.ExternalCas, ToRecord),
        SigningCACert = CommonWire.ToRecord(wire.SigningCaCert),
        SigningCAKey = CommonWire.ToRecord(wire.SigningCaKey),
        ForceRotate = wire.ForceRotate,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ExternalCA? ToWire(Objects.ExternalCA? record) => record is null ? null : new()
    {
        Protocol = (ExternalCA.Types.CAProtocol)record.Protocol,
        Url = record.Url,
        Options = { CommonWire.ToWire(record.Options) },
        CaCert = CommonWire.ToWire(record.CACert),
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ExternalCA? ToRecord(ExternalCA? wire) => wire is null ? null : new()
    {
        Protocol = (Objects.ExternalCAProtocol)wire.Protocol,
        Url = wire.Url,
        Options = CommonWire.ToRecord(wire.Options),
        CACert = CommonWire.ToRecord(wire.CaCert),
    };
}
