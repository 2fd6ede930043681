using System.Threading.Channels;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Transport.Identity;

/// <summary>Keeps this node's certificate young, and makes it say the role the node shall have.</summary>
/// <remarks>
/// It is renewed at a random point between half and four fifths of its life, so that a swarm's nodes do not all come at
/// once; at once when it has expired, when a manager asks for it (a change of roots), and when the role changes. A
/// failed try is repeated with growing pauses. Its state belongs to the one loop in <see cref="RunAsync"/>.
/// </remarks>
public sealed class CertificateRenewal(
    KeyFile file, NodeCredentials credentials, CertificateRequests requests, IdSource ids, TimeProvider time, Log log)
{
    private readonly Channel<NodeRole?> wishes =
        Channel.CreateBounded<NodeRole?>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Renews soon: a manager asked for it, or the unlock key came into being.</summary>
    public void RenewNow() => wishes.Writer.TryWrite(null);

    /// <summary>Renews until the certificate says this role.</summary>
    public void RenewAs(NodeRole role) => wishes.Writer.TryWrite(role);

    /// <summary>Does what a manager's word about this node's own object demands.</summary>
    /// <remarks>The role is that of the spec: the CA follows it as soon as the quorum has.</remarks>
    public void Observe(Node self)
    {
        if (self.Spec.DesiredRole != credentials.Role)
        {
            RenewAs(self.Spec.DesiredRole);
        }
        else if (self.Certificate.Status.State == IssuanceState.Rotate)
        {
            RenewNow();
        }
    }

    /// <summary>Takes over the roots that a manager sends, if they are others.</summary>
    /// <returns>False: they would make us a stranger, and were not taken.</returns>
    public bool TakeRoots(ReadOnlySpan<byte> bundle)
    {
        if (bundle.IsEmpty || bundle.SequenceEqual(credentials.Trust.Bundle.Span))
        {
            return true;
        }

        try
        {
            RootTrust trust = RootTrust.Parse(bundle);
            credentials.Replace(trust);
            file.Update(keys => keys with { Trust = trust });
            return true;
        }
        catch (BadCertificateException e)
        {
            log.Warn("the roots that a manager sent are not taken", ("error", e.Message));
            return false;
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        NodeRole? wanted = null;
        bool isAsked = false;
        int failures = 0;
        DateTimeOffset due = RenewalTimes.Due(credentials.Certificate, ids);
        while (true)
        {
            TimeSpan pause = isAsked || failures > 0
                ? RenewalTimes.RetryAfter(failures)
                : RenewalTimes.Until(due, time.GetUtcNow());
            if (await WishWithinAsync(pause, stop) is { } wish)
            {
                wanted = wish.Role ?? wanted;
                isAsked = true;

                // The role's reconciling may be a moment behind the word that reached us.
                await Task.Delay(RenewalTimes.Settling, time, stop);
            }

            if (!isAsked && time.GetUtcNow() < due)
            {
                continue;
            }

            bool isDone = await TryAsync(stop) && (wanted is null || wanted == credentials.Role);
            failures = isDone ? 0 : failures + 1;
            if (isDone)
            {
                (wanted, isAsked) = (null, false);
                due = RenewalTimes.NextDue(credentials.Certificate, time.GetUtcNow(), ids);
            }
        }
    }

    /// <summary>One try.</summary>
    /// <returns>Whether there is a new certificate.</returns>
    public async Task<bool> TryAsync(CancellationToken stop)
    {
        try
        {
            IssuedIdentity issued = await requests.RenewAsync(credentials, stop);
            Take(issued);
            return true;
        }
        catch (RefusedException e)
        {
            log.Warn(
                "the certificate was not renewed",
                ("node", credentials.Node.Value),
                ("expires", credentials.Certificate.NotAfter.ToString("O")),
                ("error", e.Message));
            return false;
        }
    }

    /// <summary>Takes over an issued certificate: durable first, then used.</summary>
    public void Take(IssuedIdentity issued)
    {
        file.Update(keys => keys.WithIssued(issued));
        credentials.Replace(issued.Certificate, issued.Trust);
        log.Info(
            "the certificate was renewed",
            ("node", credentials.Node.Value),
            ("role", NodeIdentity.RoleName(credentials.Role)),
            ("expires", issued.Certificate.NotAfter.ToString("O")));
    }

    private async Task<Wish?> WishWithinAsync(TimeSpan pause, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return new Wish(await wishes.Reader.ReadAsync(either.Token));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record Wish(NodeRole? Role);
}
