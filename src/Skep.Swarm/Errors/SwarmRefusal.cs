namespace Skep.Swarm;

/// <summary>How SwarmKit classifies a refusal: gRPC's codes, by their numbers.</summary>
public enum SwarmCode
{
    Ok = 0,
    Canceled = 1,
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

/// <summary>Refusals of the cluster's control API, as Docker shows them to its users.</summary>
/// <remarks>
/// Docker prints the code and the text of SwarmKit's answer in one line; scripts look for that line. The same two
/// parts travel as a gRPC status between managers, so they can be taken apart again.
/// </remarks>
public static class SwarmRefusal
{
    /// <summary>The description when an object has changed since it was read.</summary>
    public const string OutOfSequence = "update out of sequence";

    private const string Before = "rpc error: code = ";
    private const string Between = " desc = ";

    public static RefusedException Of(SwarmCode code, string description) =>
        new(KindOf(code), $"{Before}{code}{Between}{description}");

    /// <summary>Whether a refusal is worded with this code.</summary>
    public static bool IsOf(RefusedException refusal, SwarmCode code) =>
        refusal.Message.StartsWith($"{Before}{code}{Between}", StringComparison.Ordinal);

    /// <summary>The parts of a refusal; one that was worded otherwise gets the code that fits its kind best.</summary>
    public static (SwarmCode Code, string Description) Parts(RefusedException refusal)
    {
        string message = refusal.Message;
        int between = message.IndexOf(Between, StringComparison.Ordinal);
        return message.StartsWith(Before, StringComparison.Ordinal) && between > 0
            && Enum.TryParse(message.AsSpan(Before.Length, between - Before.Length), out SwarmCode code)
            ? (code, message[(between + Between.Length)..])
            : (CodeOf(refusal.Kind), message);
    }

    private static ErrorKind KindOf(SwarmCode code) => code switch
    {
        SwarmCode.InvalidArgument or SwarmCode.FailedPrecondition or SwarmCode.OutOfRange => ErrorKind.Invalid,
        SwarmCode.NotFound => ErrorKind.NotFound,
        SwarmCode.AlreadyExists => ErrorKind.Conflict,
        SwarmCode.PermissionDenied => ErrorKind.Forbidden,
        SwarmCode.Unauthenticated => ErrorKind.Unauthorized,
        SwarmCode.Unimplemented => ErrorKind.Unsupported,
        SwarmCode.Unavailable => ErrorKind.Unavailable,
        _ => ErrorKind.Failed,
    };

    private static SwarmCode CodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => SwarmCode.InvalidArgument,
        ErrorKind.NotFound => SwarmCode.NotFound,
        ErrorKind.Conflict => SwarmCode.AlreadyExists,
        ErrorKind.Forbidden => SwarmCode.PermissionDenied,
        ErrorKind.Unauthorized => SwarmCode.Unauthenticated,
        ErrorKind.Unsupported => SwarmCode.Unimplemented,
        ErrorKind.Unavailable => SwarmCode.Unavailable,
        _ => SwarmCode.Unknown,
    };
}
