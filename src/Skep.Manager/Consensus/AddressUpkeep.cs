using System.Net;
using Skep.Raft;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>
/// Tells the others where this manager listens now, when the log says something else or has not said anything yet, and
/// finds out where those listen that call and are not in the log.
/// </summary>
/// <remarks>
/// A manager that starts with a new address reaches the others, but they answer to its old one, so it hears of no
/// leader. It therefore asks any of them to be taken in once more; whoever leads sees a known node and writes the new
/// address down, after calling it back there. So does one that crashed between its join and the first entry of its
/// log: what it was told then may be out of date, and who is sent messages but cannot answer would wait for ever.
/// </remarks>
/// <param name="joinAddresses">Where to ask while the members are not known, host and port.</param>
public sealed class AddressUpkeep(
    RaftDriver driver,
    string address,
    IReadOnlyList<string> joinAddresses,
    Func<string, RpcChannel> connect,
    TimeProvider time,
    Log log)
{
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            DriverStatus now = await driver.Status.WaitAsync(
                status => IsOutOfDate(status) || status.Members.IsUntold || status.Stranger != 0, stop);
            if (IsOutOfDate(now))
            {
                await TellAsync(now, stop);
            }

            if (now.Stranger != 0)
            {
                await FindAsync(now, stop);
            }

            // A new log mostly tells at once who the members are.
            await Task.Delay(now.Members.IsUntold ? Limits.UntoldPause : Limits.AddressPause, time, stop);
            if (driver.Status.Value is { Members.IsUntold: true } untold)
            {
                await AskAsync(untold, stop);
            }
        }
    }

    /// <summary>An address without a host is what the leader made of it when we joined: nothing to compare.</summary>
    private bool IsOutOfDate(DriverStatus status) =>
        !IsUnspecified(address)
        && status.Members.Members.TryGetValue(driver.RaftId, out Member? self)
        && self.Address != address;

    private async Task TellAsync(DriverStatus now, CancellationToken stop)
    {
        Member self = now.Members.Members[driver.RaftId];
        log.Info("This manager has moved", ("from", self.Address), ("to", address));
        if (now.Leadership.IsLeader)
        {
            await WriteAsync(self with { Address = address }, stop);
            return;
        }

        await AskAsync(now, stop);
    }

    private async Task AskAsync(DriverStatus now, CancellationToken stop)
    {
        foreach (string manager in OtherManagers(now))
        {
            using RpcChannel channel = connect(manager);
            try
            {
                Take(await MembershipClient.JoinAsync(channel, address, time, stop));
                return;
            }
            catch (RpcException refused)
            {
                log.Warn("A manager did not take this one in again", ("manager", manager), ("why", refused.Detail));
            }
        }
    }

    private async Task FindAsync(DriverStatus now, CancellationToken stop)
    {
        foreach (string manager in OtherManagers(now))
        {
            using RpcChannel channel = connect(manager);
            try
            {
                string found = await MembershipClient.ResolveAsync(channel, now.Stranger, time, stop);
                driver.Report(new StrangerFound(new Member(now.Stranger, default, found)));
                return;
            }
            catch (RpcException refused)
            {
                log.Warn(
                    "A manager does not know one that calls us",
                    ("manager", manager), ("raft.id", $"{now.Stranger:x}"), ("why", refused.Detail));
            }
        }
    }

    private IEnumerable<string> OtherManagers(DriverStatus now) => now.Members.Members.Values
        .Where(member => member.RaftId != driver.RaftId)
        .Select(static member => member.Address)
        .Union(joinAddresses);

    private void Take(JoinAnswer answer) => driver.Report(answer.RaftId == driver.RaftId
        ? new MembersTold([.. answer.Members.Members.Values])
        : new RemovalHeard());

    private async Task WriteAsync(Member moved, CancellationToken stop)
    {
        var change = new PendingChange(
            new ConfChange(0, ConfChangeKind.UpdateNode, moved.RaftId, MemberWire.Write(moved)));
        driver.Request(change);
        try
        {
            await change.Outcome.WaitAsync(stop);
        }
        catch (RefusedException lost)
        {
            log.Warn("Our new address is not written down yet", ("why", lost.Message));
        }
    }

    /// <summary>Whether host:port names no host that anybody could call.</summary>
    public static bool IsUnspecified(string address)
    {
        int colon = address.LastIndexOf(':');
        return colon <= 0
            || (IPAddress.TryParse(address[..colon].Trim('[', ']'), out IPAddress? ip)
                && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
    }
}
