using Skep.Swarm;

namespace Skep.Transport.Rpc;

/// <summary>gRPC's status codes (grpc/grpc doc/statuscodes.md).</summary>
public enum RpcStatus
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>A call that the peer refused, or that did not reach it (<see cref="RpcStatus.Unavailable"/>).</summary>
public sealed class RpcException(RpcStatus status, string detail, Exception? inner = null)
    : Exception($"{status}: {detail}", inner)
{
    public RpcStatus Status => status;

    /// <summary>The peer's own words, without the status.</summary>
    public string Detail => detail;

    /// <summary>What a Skep peer says of its refusal beyond the status; null: it did not say.</summary>
    public ErrorKind? RefusalKind { get; init; }
}
