using System.Net;
using System.Net.Sockets;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images.Registry;

/// <summary>What Docker tells its users when a registry says no or cannot be reached.</summary>
internal static class PullErrors
{
    public static RefusedException Translate(Exception e, ImageReference reference) => e switch
    {
        RefusedException refused => refused,
        RegistryRefusal { Code: RegistryRefusal.Denied } => new(
            ErrorKind.NotFound,
            $"pull access denied for {reference.FamiliarName}, repository does not exist or may require "
                + $"'docker login': {e.Message}",
            e),
        RegistryRefusal { Code: RegistryRefusal.ManifestUnknown } => new(
            ErrorKind.NotFound, $"manifest for {reference.Familiar} not found: {e.Message}", e),
        RegistryRefusal { Code: RegistryRefusal.NameUnknown } => new(
            ErrorKind.NotFound, $"repository {reference.FamiliarName} not found: {e.Message}", e),
        RegistryRefusal { Status: HttpStatusCode.TooManyRequests } => new(ErrorKind.Failed, e.Message, e),
        _ => new(ErrorKind.Failed, e.Message, e),
    };

    /// <summary>
    /// The next endpoint may know better: a mirror's answer never counts, nor does one that never came.
    /// </summary>
    public static bool MayTryNext(Exception e, RegistryEndpoint endpoint) => e switch
    {
        HttpRequestException or IOException => true,
        RegistryRefusal => endpoint.IsMirror,
        RefusedException refused => endpoint.IsMirror && refused.Kind != ErrorKind.Unavailable,
        _ => false,
    };

    /// <summary>What a failed connection is called: the address, and the innermost words of the system.</summary>
    public static RefusedException Unreachable(Exception e, RegistryEndpoint endpoint) =>
        new(ErrorKind.Failed, $"Get \"{new Uri(endpoint.Address, "v2/")}\": {Words(Innermost(e), endpoint)}", e);

    // The two failures that everybody meets are told in the words that people search the web for.
    private static string Words(Exception e, RegistryEndpoint endpoint) => e switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            $"dial tcp {endpoint.Address.Host}:{endpoint.Address.Port}: connect: connection refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } =>
            $"dial tcp: lookup {endpoint.Address.DnsSafeHost}: no such host",
        _ => e.Message,
    };

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
