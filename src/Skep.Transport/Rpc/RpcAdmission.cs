using System.Net;

namespace Skep.Transport.Rpc;

/// <summary>
/// Counts connections and handshakes, in all and by address, so that no address can take every place.
/// </summary>
/// <remarks>Thread-safe: one short lock.</remarks>
internal sealed class RpcAdmission
{
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, Counts> byAddress = [];
    private int connections;
    private int handshakes;
    private int anonymous;

    public int Connections => Volatile.Read(ref connections);

    public bool TryConnect(IPAddress from, out string refusal)
    {
        lock (gate)
        {
            Counts counts = byAddress.GetValueOrDefault(from);
            refusal = connections >= RpcLimits.ConnectionsMax
                ? "too many connections"
                : counts.Connections >= RpcLimits.ConnectionsPerAddressMax
                    ? "too many connections from this address"
                    : "";
            if (refusal.Length > 0)
            {
                return false;
            }

            connections++;
            byAddress[from] = counts with { Connections = counts.Connections + 1 };
            return true;
        }
    }

    public void Disconnect(IPAddress from)
    {
        lock (gate)
        {
            connections--;
            Counts counts = byAddress[from];
            counts = counts with { Connections = counts.Connections - 1 };
            if (counts == default)
            {
                byAddress.Remove(from);
            }
            else
            {
                byAddress[from] = counts;
            }
        }
    }

    /// <summary>Only between <see cref="TryConnect"/> and <see cref="Disconnect"/>.</summary>
    public bool TryBeginHandshake(IPAddress from)
    {
        lock (gate)
        {
            Counts counts = byAddress[from];
            if (handshakes >= RpcLimits.HandshakesMax || counts.Handshakes >= RpcLimits.HandshakesPerAddressMax)
            {
                return false;
            }

            handshakes++;
            byAddress[from] = counts with { Handshakes = counts.Handshakes + 1 };
            return true;
        }
    }

    public void EndHandshake(IPAddress from)
    {
        lock (gate)
        {
            handshakes--;
            Counts counts = byAddress[from];
            byAddress[from] = counts with { Handshakes = counts.Handshakes - 1 };
        }
    }

    public bool TryStayAnonymous()
    {
        lock (gate)
        {
            if (anonymous >= RpcLimits.AnonymousConnectionsMax)
            {
                return false;
            }

            anonymous++;
            return true;
        }
    }

    public void LeaveAnonymous()
    {
        lock (gate)
        {
            anonymous--;
        }
    }

    private readonly record struct Counts(int Connections, int Handshakes);
}
