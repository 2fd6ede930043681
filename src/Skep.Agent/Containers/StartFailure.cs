using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

/// <summary>Turns a start that failed into Docker's exit code and words. Pure.</summary>
internal static class StartFailure
{
    private const int NotFoundCode = 127, NotExecutableCode = 126, OtherCode = 128;

    private static readonly string[] NotFound =
        ["executable file not found", "no such file or directory", "system cannot find the file specified"];

    private static readonly string[] NotExecutable = ["permission denied", "not a directory", "is a directory"];

    private static readonly string[] WrongRequest =
        ["invalid argument", "trying to mount a directory onto a file (or vice-versa)", "mountpoint for cgroup"];

    /// <param name="prefix">What failed; the words of containerd follow.</param>
    public static (int ExitCode, RefusedException Refusal) Explain(
        Exception failure, string prefix = "failed to create task for container")
    {
        if (failure is RefusedException refused)
        {
            return (OtherCode, refused);
        }

        if (failure is not RpcException rpc)
        {
            return (OtherCode, new RefusedException(ErrorKind.Failed, failure.Message, failure));
        }

        if (rpc.Status == RpcStatus.Unavailable)
        {
            return (OtherCode, new RefusedException(
                ErrorKind.Unavailable, $"containerd is not reachable: {rpc.Detail}", rpc));
        }

        string words = rpc.Detail.StartsWith(prefix, StringComparison.Ordinal) ? rpc.Detail : $"{prefix}: {rpc.Detail}";
        (int code, ErrorKind kind) = Classify(rpc.Detail);
        return (code, new RefusedException(kind, words, rpc));
    }

    private static (int Code, ErrorKind Kind) Classify(string detail)
    {
        bool Says(string[] phrases) =>
            phrases.Any(phrase => detail.Contains(phrase, StringComparison.OrdinalIgnoreCase));
        return detail switch
        {
            _ when Says(NotFound) => (NotFoundCode, ErrorKind.Invalid),
            _ when Says(NotExecutable) => (NotExecutableCode, ErrorKind.Invalid),
            _ when Says(WrongRequest) => (OtherCode, ErrorKind.Invalid),
            _ => (OtherCode, ErrorKind.Failed),
        };
    }
}
