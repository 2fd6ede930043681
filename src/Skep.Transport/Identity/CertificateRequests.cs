using System.Net.Security;
using System.Security.Authentication;
using Google.Protobuf;
using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using NodeAvailability = Skep.Swarm.Objects.NodeAvailability;
using NodeRole = Skep.Swarm.Objects.NodeRole;

namespace Skep.Transport.Identity;

/// <summary>A certificate that was issued to this node, and the roots that it is good under.</summary>
/// <param name="UnlockKey">What a manager locks its key file with; null: with nothing.</param>
/// <param name="LockVersion">Version of the cluster object that the unlock key was read from.</param>
public sealed record IssuedIdentity(
    NodeCertificate Certificate, RootTrust Trust, UnlockKey? UnlockKey, ulong LockVersion);

/// <summary>
/// Gets this node its certificate from the managers: the first one by a token, later ones by the last one.
/// </summary>
/// <remarks>
/// The managers are given as a function since the list changes while a try waits; it is asked before every try, and
/// every try takes the next of them. Keeps nothing between calls; thread-safe.
/// </remarks>
public sealed class CertificateRequests(Func<IReadOnlyList<string>> managers, TimeProvider time, Log log)
{
    /// <summary>
    /// A channel to this node's own manager, which is asked first for renewals; null when there is none.
    /// </summary>
    /// <remarks>The only manager of a swarm has nobody else to ask. Whoever sets it owns the channel.</remarks>
    public Func<RpcChannel?> Local { get; init; } = static () => null;

    /// <summary>Joins with a token. Nothing but a question is sent before the roots were compared with it.</summary>
    /// <exception cref="RefusedException">The managers, or we, refuse; or none was reached.</exception>
    public async Task<IssuedIdentity> JoinAsync(
        JoinToken token, NodeAvailability availability, CancellationToken stop)
    {
        RootTrust trust = await TryAsync(
            NodeCredentials.UnverifiedOptions, false, channel => FetchRootsAsync(channel, token.Root, stop), stop);
        var request = new IssueNodeCertificateRequest
        {
            Token = token.Text,
            Availability = (NodeSpec.Types.Availability)availability,
        };
        IssuedIdentity issued = await TryAsync(
            () => NodeCredentials.AnonymousOptions(trust, NodeIdentity.AuthorityName, time),
            false,
            channel => AskAsync(channel, request, trust, null, stop),
            stop);
        return await WithUnlockKeyAsync(issued, null, stop);
    }

    /// <summary>Gets a new certificate for a new key, by the one we have; that may have expired.</summary>
    /// <exception cref="RefusedException">The managers, or we, refuse; or none was reached.</exception>
    public async Task<IssuedIdentity> RenewAsync(NodeCredentials current, CancellationToken stop)
    {
        var request = new IssueNodeCertificateRequest();
        NodeIdentity before = current.Certificate.Identity;
        IssuedIdentity issued = await TryAsync(
            () => current.ClientOptions(NodeIdentity.ManagerName),
            true,
            channel => AskAsync(channel, request, current.Trust, before, stop),
            stop);
        return await WithUnlockKeyAsync(issued, current, stop);
    }

    private async Task<RootTrust> FetchRootsAsync(RpcChannel channel, RootDigest pinned, CancellationToken stop)
    {
        GetRootCACertificateResponse answer = await CallAsync(
            channel, SwarmKitMethods.CA.GetRootCACertificate, new GetRootCACertificateRequest(), JoinLimits.Call, stop);
        if (RootDigest.Of(answer.Certificate.Span) != pinned)
        {
            throw new RefusedException(
                ErrorKind.Forbidden, $"remote CA does not match fingerprint. Expected: {pinned.Hex}");
        }

        return RootTrust.Parse(answer.Certificate.Span);
    }

    private async Task<IssuedIdentity> AskAsync(
        RpcChannel channel,
        IssueNodeCertificateRequest request,
        RootTrust trust,
        NodeIdentity? before,
        CancellationToken stop)
    {
        using NodeKey key = NodeKey.New();
        request.Csr = ByteString.CopyFrom(key.NewRequest());
        IssueNodeCertificateResponse issue = await CallAsync(
            channel, SwarmKitMethods.NodeCA.IssueNodeCertificate, request, JoinLimits.Call, stop);
        byte[] chain = await WaitAsync(channel, issue.NodeId, request.Csr, stop);
        NodeCertificate certificate = NodeCertificate.Load(chain, key);
        bool isOurs = certificate.Identity.Node.Value == issue.NodeId
            && (before is null
                || (before.Node == certificate.Identity.Node && before.Cluster == certificate.Identity.Cluster));
        if (!isOurs)
        {
            throw new RefusedException(ErrorKind.Forbidden, "the certificate that was issued is another node's");
        }

        trust = await CheckAsync(certificate, trust, before is null ? null : channel, stop);
        return new IssuedIdentity(certificate, trust, null, 0);
    }

    private async Task<byte[]> WaitAsync(
        RpcChannel channel, string node, ByteString request, CancellationToken stop)
    {
        for (int wait = 0; wait < JoinLimits.WaitsMax; wait++)
        {
            try
            {
                NodeCertificateStatusResponse answer = await CallAsync(
                    channel,
                    SwarmKitMethods.NodeCA.NodeCertificateStatus,
                    new NodeCertificateStatusRequest { NodeId = node },
                    JoinLimits.Wait,
                    stop);

                // An answer to an earlier request of ours may still stand there.
                bool isAnswer = answer.Certificate is { } found && found.Csr == request;
                switch (answer.Status?.State)
                {
                    case IssuanceStatus.Types.State.Issued when isAnswer:
                    case IssuanceStatus.Types.State.Rotate when isAnswer:
                        return answer.Certificate!.Certificate_.ToByteArray();
                    case IssuanceStatus.Types.State.Failed when isAnswer:
                        throw new RefusedException(
                            ErrorKind.Failed, $"the certificate was not issued: {answer.Status.Err}");
                }
            }
            catch (RpcException e) when (e.Status == RpcStatus.DeadlineExceeded)
            {
                log.Debug("the certificate is not signed yet", ("node", node));
            }

            await Task.Delay(JoinLimits.Pause, time, stop);
        }

        throw new RefusedException(ErrorKind.Unavailable, "the managers did not sign this node's certificate in time");
    }

    /// <summary>
    /// Judges what was issued. If the swarm has gone over to a new root without us, the root is fetched.
    /// </summary>
    /// <param name="verified">A channel that our present roots have verified; null: there is none.</param>
    private async Task<RootTrust> CheckAsync(
        NodeCertificate certificate, RootTrust trust, RpcChannel? verified, CancellationToken stop)
    {
        TrustVerdict verdict = certificate.Judge(trust, time.GetUtcNow());
        if (verdict.State == TrustState.Untrusted && verified is not null)
        {
            // SwarmKit fetches it from anyone and compares nothing. Here the sender has proven itself to the old root.
            GetRootCACertificateResponse answer = await CallAsync(
                verified,
                SwarmKitMethods.CA.GetRootCACertificate,
                new GetRootCACertificateRequest(),
                JoinLimits.Call,
                stop);
            trust = RootTrust.Parse(answer.Certificate.Span);
            verdict = certificate.Judge(trust, time.GetUtcNow());
        }

        return verdict.State == TrustState.Trusted
            ? trust
            : throw new RefusedException(
                ErrorKind.Forbidden, $"the certificate that was issued is not good: {verdict.Reason}");
    }

    /// <summary>A manager's key file is locked from its first byte on, if the swarm locks its managers.</summary>
    /// <param name="current">What we are so far; null when we join.</param>
    private async Task<IssuedIdentity> WithUnlockKeyAsync(
        IssuedIdentity issued, NodeCredentials? current, CancellationToken stop)
    {
        if (issued.Certificate.Identity.Role != NodeRole.Manager)
        {
            return issued;
        }

        bool isManager = current?.Role == NodeRole.Manager;
        NodeCredentials credentials = isManager && current!.OwnVerdict.State == TrustState.Trusted
            ? current
            : new NodeCredentials(issued.Certificate, issued.Trust, time);
        GetUnlockKeyResponse answer = await TryAsync(
            () => credentials.ClientOptions(NodeIdentity.AuthorityName),
            isManager,
            channel => CallAsync(
                channel, SwarmKitMethods.CA.GetUnlockKey, new GetUnlockKeyRequest(), JoinLimits.Call, stop),
            stop);
        return issued with
        {
            UnlockKey = UnlockKey.FromBytes(answer.UnlockKey.Span),
            LockVersion = answer.Version?.Index ?? 0,
        };
    }

    /// <param name="tls">What to connect to another node with.</param>
    /// <param name="isLocalGood">Whether our own manager may be asked: first, and without TLS.</param>
    private async Task<T> TryAsync<T>(
        Func<SslClientAuthenticationOptions> tls,
        bool isLocalGood,
        Func<RpcChannel, Task<T>> attempt,
        CancellationToken stop)
    {
        for (int count = 0; ; count++)
        {
            IReadOnlyList<string> known = managers();
            RpcChannel? local = isLocalGood && (count == 0 || known.Count == 0) ? Local() : null;
            if (known.Count == 0 && local is null)
            {
                throw new RefusedException(ErrorKind.Unavailable, "no manager of the swarm is known");
            }

            string address = local is null ? known[count % known.Count] : "local";
            using RpcChannel? remote =
                local is null ? RpcChannel.ToNode(address, new RpcChannelOptions { Tls = tls }) : null;
            try
            {
                return await attempt(local ?? remote!);
            }
            catch (BadCertificateException e)
            {
                throw new RefusedException(ErrorKind.Forbidden, e.Message, e);
            }
            catch (RpcException e)
            {
                log.Info("a manager gave no certificate", ("manager", address), ("error", e.Message));
                if (count + 1 == JoinLimits.Attempts || IsFinal(e))
                {
                    throw Explain(e);
                }
            }

            await Task.Delay(JoinLimits.Pause, time, stop);
        }
    }

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcChannel channel,
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        TimeSpan limit,
        CancellationToken stop)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return await channel.CallAsync(method, request, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new RpcException(RpcStatus.DeadlineExceeded, "context deadline exceeded");
        }
    }

    /// <summary>Another manager would say the same.</summary>
    private static bool IsFinal(RpcException e) =>
        e.Status is RpcStatus.InvalidArgument or RpcStatus.PermissionDenied or RpcStatus.NotFound
            or RpcStatus.Unauthenticated;

    private static RefusedException Explain(RpcException e) => Distrust(e) is { } distrust
        ? new RefusedException(ErrorKind.Forbidden, distrust.Message, e)
        : RpcErrors.ToRefusal(e);

    private static AuthenticationException? Distrust(Exception e)
    {
        for (Exception? at = e; at is not null; at = at.InnerException)
        {
            if (at is AuthenticationException distrust)
            {
                return distrust;
            }
        }

        return null;
    }
}
