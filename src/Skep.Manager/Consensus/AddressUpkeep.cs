using System.Net;
using Skep.Raft;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>Tells the others where this manager listens now, when the log says something else.</summary>
/// <remarks>
/// A manager that starts with a new address reaches the others, but they answer to its old one, so it hears of no
/// leader. It therefore asks any of them to be taken in once more; whoever leads sees a known node and writes the new
/// address down, after calling it back there.
/// </remarks>
public sealed class AddressUpkeep(
    RaftDriver driver, string address, Func<string, RpcChannel> connect, TimeProvider time, Log log)
{
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            DriverStatus now = await driver.Status.WaitAsync(IsOutOfDate, stop);
            await TellAsync(now, stop);
            await Task.Delay(Limits.AddressPause, time, stop);
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

        foreach (Member other in now.Members.Members.Values.Where(member => member.RaftId != driver.RaftId))
        {
            using RpcChannel channel = connect(other.Address);
            try
            {
                await MembershipClient.JoinAsync(channel, address, time, stop);
                return;
            }
            catch (RpcException refused)
            {
                log.Warn(
                    "A manager did not take our new address", ("manager", other.Address), ("why", refused.Detail));
            }
        }
    }

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

    private static bool IsUnspecified(string address)
    {
        int colon = address.LastIndexOf(':');
        return colon <= 0
            || (IPAddress.TryParse(address[..colon].Trim('[', ']'), out IPAddress? ip)
                && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
    }
}
