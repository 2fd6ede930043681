namespace Skep.Transport.Rpc;

/// <summary>What all calls of one server share.</summary>
/// <param name="Ending">Ends long calls when the server stops.</param>
internal sealed record RpcServerState(RpcServerOptions Options, RpcPeerTable Peers, CancellationToken Ending);
