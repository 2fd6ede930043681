using System.Globalization;
using Skep.Swarm;

namespace Skep.Transport.Rpc;

/// <summary>The one place where a refusal becomes a gRPC status, and a status a refusal.</summary>
public static class RpcErrors
{
    /// <summary>A refusal as it goes over the wire.</summary>
    /// <returns>
    /// SwarmKit's code and text, which a Docker peer words for its user itself. The kind goes along only when the
    /// refusal was not worded in SwarmKit's way: a Skep peer then takes kind and words as they are.
    /// </returns>
    public static (RpcStatus Status, string Detail, ErrorKind? Kind) ToWire(RefusedException refusal)
    {
        var (code, description) = SwarmRefusal.Parts(refusal);
        return ((RpcStatus)code, description, description == refusal.Message ? refusal.Kind : null);
    }

    /// <summary>What a peer refused, for a caller of ours and in the words that Docker shows its users.</summary>
    public static RefusedException ToRefusal(RpcException error)
    {
        if (error.RefusalKind is { } kind)
        {
            return new(kind, error.Detail, error);
        }
        var worded = SwarmRefusal.Of((SwarmCode)error.Status, error.Detail);
        return new(worded.Kind, worded.Message, error);
    }

    internal static string WriteKind(ErrorKind kind) => ((int)kind).ToString(CultureInfo.InvariantCulture);

    internal static ErrorKind? ReadKind(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && Enum.IsDefined((ErrorKind)number)
            ? (ErrorKind)number
            : null;
}
