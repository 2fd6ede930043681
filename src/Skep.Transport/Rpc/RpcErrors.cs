using System.Globalization;
using Skep.Swarm;

namespace Skep.Transport.Rpc;

/// <summary>The one place where a refusal becomes a gRPC status, and a status a refusal.</summary>
public static class RpcErrors
{
    public static RpcStatus ToStatus(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => RpcStatus.InvalidArgument,
        ErrorKind.NotFound => RpcStatus.NotFound,
        ErrorKind.Conflict => RpcStatus.AlreadyExists,
        ErrorKind.Forbidden => RpcStatus.PermissionDenied,
        ErrorKind.Unauthorized => RpcStatus.Unauthenticated,
        ErrorKind.Unavailable => RpcStatus.Unavailable,
        ErrorKind.Unsupported => RpcStatus.Unimplemented,
        ErrorKind.NotModified => RpcStatus.FailedPrecondition,
        ErrorKind.OutcomeUnknown or ErrorKind.Failed => RpcStatus.Unknown,
        _ => RpcStatus.Unknown,
    };

    /// <summary>What a peer refused, in its own words, for a caller of ours.</summary>
    public static RefusedException ToRefusal(RpcException error) => new(error.RefusalKind ?? ToKind(error.Status),
        error.Detail, error);

    public static ErrorKind ToKind(RpcStatus status) => status switch
    {
        RpcStatus.InvalidArgument or RpcStatus.OutOfRange => ErrorKind.Invalid,
        RpcStatus.NotFound => ErrorKind.NotFound,
        RpcStatus.AlreadyExists => ErrorKind.Conflict,
        RpcStatus.PermissionDenied => ErrorKind.Forbidden,
        RpcStatus.Unauthenticated => ErrorKind.Unauthorized,
        RpcStatus.Unavailable => ErrorKind.Unavailable,
        RpcStatus.Unimplemented => ErrorKind.Unsupported,
        RpcStatus.FailedPrecondition => ErrorKind.Conflict,
        RpcStatus.DeadlineExceeded => ErrorKind.OutcomeUnknown,
        _ => ErrorKind.Failed,
    };

    internal static string WriteKind(ErrorKind kind) => ((int)kind).ToString(CultureInfo.InvariantCulture);

    internal static ErrorKind? ReadKind(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && Enum.IsDefined((ErrorKind)number)
            ? (ErrorKind)number
            : null;
}
