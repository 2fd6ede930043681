using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Engine.Requests;

/// <summary>The one place where an error becomes an HTTP status and words for the user.</summary>
internal static class Refusals
{
    /// <summary>An error after which the process must not go on.</summary>
    /// <remarks>Each assembly has its own type for a broken invariant; their name is the same.</remarks>
    public static bool IsFatal(Exception error) =>
        error is SyncFailedException or OutOfMemoryException
        || error.GetType().Name == nameof(BrokenInvariantException);

    public static (int Status, string Message) Describe(Exception error) => error switch
    {
        RefusedException refused => (Status(refused.Kind), refused.Message),
        RpcException rpc => (Status(rpc.Status), rpc.Detail),
        BadHttpRequestException bad => (bad.StatusCode, BodyWords(bad)),
        InvalidDataException broken => (400, broken.Message),
        JsonException json => (400, "invalid JSON: " + StrictJson.Explain(json)),
        _ => (500, error.Message.Length == 0 ? error.GetType().Name : error.Message),
    };

    /// <summary>Whether operators should read of it in the log.</summary>
    /// <remarks>
    /// A change of the swarm that comes too late or contradicts itself has the status of a fault in Docker's API, but
    /// only its client can do something about it.
    /// </remarks>
    public static bool IsFault(int status, Exception error) => status >= 500 && error switch
    {
        RefusedException { Kind: ErrorKind.Unsupported or ErrorKind.Unavailable } => false,
        RefusedException refused => !SwarmRefusal.IsOf(refused, SwarmCode.Unknown),
        _ => true,
    };

    private static int Status(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => 400,
        ErrorKind.Unauthorized => 401,
        ErrorKind.Forbidden => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.Conflict => 409,
        ErrorKind.Unsupported => 501,
        ErrorKind.Unavailable => 503,
        ErrorKind.NotModified => 304,
        ErrorKind.Failed or ErrorKind.OutcomeUnknown => 500,
        _ => 500,
    };

    private static int Status(RpcStatus status) => status switch
    {
        RpcStatus.InvalidArgument or RpcStatus.OutOfRange => 400,
        RpcStatus.Unauthenticated => 401,
        RpcStatus.PermissionDenied => 403,
        RpcStatus.NotFound => 404,
        RpcStatus.AlreadyExists or RpcStatus.FailedPrecondition => 409,
        RpcStatus.Unimplemented => 501,
        RpcStatus.Unavailable => 503,
        _ => 500,
    };

    private static string BodyWords(BadHttpRequestException bad) => bad.StatusCode switch
    {
        413 => $"request body is larger than {HttpLimits.JsonBytes} bytes",
        408 => "request body came too slowly",
        _ => bad.Message,
    };
}
