using Skep.Transport.Rpc;

namespace Skep.Transport.Contracts;

/// <summary>The methods that are our own: Docker's nodes neither call nor answer them.</summary>
public static class SkepMethods
{
    private const string Package = "/skep.v1.";

    /// <summary>What nodes are told of the swarm's networks (docs/internals/discovery.md).</summary>
    public static class Networks
    {
        private const string Path = Package + "Networks/";

        public static readonly RpcMethod<PeerRegistration, PeerRegistered> Register =
            new(Path + "Register", PeerRegistered.Parser);
        public static readonly RpcMethod<FollowNetworks, NetworkNews> Follow =
            new(Path + "Follow", NetworkNews.Parser);
        public static readonly RpcMethod<NetworksConfirmed, ConfirmationsEnded> Confirm =
            new(Path + "Confirm", ConfirmationsEnded.Parser);
        public static readonly RpcMethod<WithdrawalQuestion, WithdrawalAnswer> AwaitWithdrawal =
            new(Path + "AwaitWithdrawal", WithdrawalAnswer.Parser);
    }
}
