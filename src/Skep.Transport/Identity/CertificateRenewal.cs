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
    private readonly Channel<bool> asked =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly Lock gate = new();
    private NodeRole? wished;
    private NodeRole? heard;

    /// <summary>Renews soon: a manager asked for it, or the unlock key came into being.</summary>
    public void RenewNow() => asked.Writer.TryWrite(true);

    /// <summary>Renews until the certificate says this role, or another one is wished for.</summary>
    public void RenewAs(NodeRole role)
    {
        // Kept aside, so that who only wants it renewed does not take its place.
        lock (gate)
        {
            wished = role;
        }

        RenewNow();
    }

    /// <summary>Does what a manager's word about this node's own object demands.</summary>
    /// <remarks>The role is that of the spec: the CA follows it as soon as the quorum has.</remarks>
    public void Observe(Node self)
    {
        NodeRole role = self.Spec.DesiredRole;
        bool isAnother = heard is not null && heard != role;
        heard = role;
        if (isAnother || role != credentials.Role)
        {
            RenewAs(role);
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
        var wishes = new RenewalWishes();
        DateTimeOffset due = RenewalTimes.Due(credentials.Certificate, ids);
        while (true)
        {
            TimeSpan pause = wishes.IsPending
                ? RenewalTimes.RetryAfter(wishes.Failures)
                : RenewalTimes.Until(due, time.GetUtcNow());
            if (await IsAskedWithinAsync(pause, stop))
            {
                wishes.Ask(TakeWished());

                // The role's reconciling may be a moment behind the word that reached us.
                await Task.Delay(RenewalTimes.Settling, time, stop);
            }

            if (!wishes.IsPending && time.GetUtcNow() < due)
            {
                continue;
            }

            if (wishes.Tried(await TryAsync(stop), credentials.Role))
            {
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

    private NodeRole? TakeWished()
    {
        lock (gate)
        {
            NodeRole? role = wished;
            wished = null;
            return role;
        }
    }

    private async Task<bool> IsAskedWithinAsync(TimeSpan pause, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return await asked.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
