using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Balancing;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>The host's table of the routing mesh. Pure: it only writes messages.</summary>
/// <remarks>
/// A call to a published port is led to a task without touching who calls. If the task is on another node, the packet
/// goes there through the tunnel, and that node remembers from the sender's hardware address who took the call in: the
/// connection's mark chooses the table that leads the answers back there, where the translation is undone. Only callers
/// who could not be answered that way (the nodes themselves, and their containers, whose addresses mean something else
/// on every node) are shown as the node's address on the tunnel.
/// </remarks>
internal sealed partial class MeshTable(MeshNames names)
{
    /// <summary>Before the host's own published ports: a port of the mesh is the mesh's.</summary>
    private const int BeforeHost = 1;

    private const int AfterSourceNat = 200;
    private const int LoopbackBits = 8;
    private const byte Udp = 17;

    private static readonly IPAddress Loopback = IPAddress.Parse("127.0.0.0");

    public static readonly BalanceMaps Ports = new("ports", isByPort: true);

    /// <summary>The whole table, in place of whatever there was.</summary>
    public NftBatch Replace(MeshFacts facts, Balance balance)
    {
        NftBatch batch = new NftBatch(NftFamily.Inet, names.Table).ReplaceTable();
        Ports.AddSets(batch);
        AddSets(batch);
        AddTunnelFilter(batch, facts.DataPathPort);
        if (facts.IPv4 is not null)
        {
            AddEntrance(batch);
            AddMarks(batch);
            AddTranslation(batch);
            AddForwardFilter(batch);
            AddSourceTranslation(batch, facts);
        }

        FillSets(batch, facts);
        Ports.AddAll(batch, balance.Keys, balance.Draws);
        return batch;
    }

    /// <summary>Only what is different; the rules must be the same.</summary>
    public NftBatch Change(MeshFacts? changed, BalanceStep step)
    {
        var batch = new NftBatch(NftFamily.Inet, names.Table);
        if (changed is not null)
        {
            foreach (NftSet set in Sets)
            {
                batch.ClearSet(set);
            }

            FillSets(batch, changed);
        }

        Ports.Change(batch, step);
        return batch;
    }

    public NftBatch Remove() => new NftBatch(NftFamily.Inet, names.Table).AddTable().RemoveTable();

    /// <summary>Before connections are looked up.</summary>
    /// <remarks>
    /// 127.0.0.0/8 of this host stays out of reach although the mesh's links may carry it. A caller may call several
    /// nodes from one port, and be led to the same task: only by the node that took the call in can these connections
    /// be told apart, and each be answered by the way it came. The task sees one of them with another port.
    /// </remarks>
    private void AddEntrance(NftBatch batch)
    {
        const string chain = "raw-prerouting";
        batch.AddChain(chain, new NftHook(NftChainKind.Filter, NftHookPoint.Prerouting, NftHook.Raw))
            .AddRule(chain, r => r.ComesFromLink(names.Tunnel).IsTo(Loopback, LoopbackBits).Drop())
            .AddRule(chain, r => r.ComesFromLinksNamed(names.TaskPrefix).IsTo(Loopback, LoopbackBits).Drop())
            .AddRule(chain, r => r.ComesFromLink(names.Tunnel).SetZoneBySender(Marks));
    }

    private void AddMarks(NftBatch batch)
    {
        const string marks = "mark-prerouting", clear = "clear-mark";
        batch.AddChain(marks, new NftHook(NftChainKind.Filter, NftHookPoint.Prerouting, NftHook.Mangle))
            .AddRule(marks, r => r.ComesFromLink(names.Tunnel).IsInState(NftConnectionState.New)
                .MarkConnectionBySender(Marks))
            .AddRule(marks, r => r.ComesFromLinksNamed(names.TaskPrefix).IsAnswer()
                .IsMarked(isOfConnection: true, MeshNumbers.MarkBase, MeshNumbers.MarkBaseMask)
                .MarkPacketAsConnection())

            // The tunnel looks for its own way with the packet's mark: it would find itself.
            .AddChain(clear, new NftHook(NftChainKind.Filter, NftHookPoint.Postrouting, AfterSourceNat))
            .AddRule(clear, r => r.GoesToLink(names.Tunnel)
                .IsMarked(isOfConnection: false, MeshNumbers.MarkBase, MeshNumbers.MarkBaseMask)
                .MarkPacket(0));
    }

    private void AddTranslation(NftBatch batch)
    {
        const string prerouting = "prerouting", output = "output";
        batch.AddChain(
                prerouting,
                new NftHook(NftChainKind.Nat, NftHookPoint.Prerouting, NftHook.DestinationNat - BeforeHost))
            .AddChain(
                output, new NftHook(NftChainKind.Nat, NftHookPoint.Output, NftHook.DestinationNat - BeforeHost))

            // ::1 means nothing outside of this host, and unlike 127.0.0.1 it cannot be led away: a socket relays it.
            .AddRule(output, r => r.IsTo(IPAddress.IPv6Loopback, 128).Return());
        foreach (AddressFamily family in BalanceMaps.Families)
        {
            batch.AddRule(prerouting, r => r.ComesFromOtherLinkThan(names.Tunnel).IsToThisHost()
                    .GoByPort(family, Ports.Chains(family)))
                .AddRule(output, r => r.IsToThisHost().GoByPort(family, Ports.Chains(family)));
        }
    }

    /// <summary>Nobody gets to a task by the mesh but through a published port, and no task gets out.</summary>
    private void AddForwardFilter(NftBatch batch)
    {
        const string chain = "forward";
        const NftConnectionState known = NftConnectionState.Established | NftConnectionState.Related;
        batch.AddChain(chain, new NftHook(NftChainKind.Filter, NftHookPoint.Forward, NftHook.Filter))
            .AddRule(chain, r => r.IsInState(known).Accept())
            .AddRule(chain, r => r.ComesFromLink(names.Tunnel).GoesToLinksNamed(names.TaskPrefix).Accept())
            .AddRule(chain, r => r.ComesFromLink(names.Tunnel).Drop())
            .AddRule(chain, r => r.ComesFromLinksNamed(names.TaskPrefix).Drop())
            .AddRule(chain, r => r.GoesToLinksNamed(names.TaskPrefix).IsDestinationTranslated().Accept())
            .AddRule(chain, r => r.GoesToLink(names.Tunnel).IsDestinationTranslated().Accept())
            .AddRule(chain, r => r.GoesToLinksNamed(names.TaskPrefix).Drop())
            .AddRule(chain, r => r.GoesToLink(names.Tunnel).Drop());
    }

    private void AddSourceTranslation(NftBatch batch, MeshFacts facts)
    {
        const string chain = "postrouting", hidden = "hide-caller";
        batch.AddChain(hidden)
            .AddChain(
                chain, new NftHook(NftChainKind.Nat, NftHookPoint.Postrouting, NftHook.SourceNat - BeforeHost))
            .AddRule(chain, r => r.GoesToLink(names.Tunnel).IsDestinationTranslated().Jump(hidden))
            .AddRule(chain, r => r.GoesToLinksNamed(names.TaskPrefix).IsDestinationTranslated().Jump(hidden));
        foreach (IPAddress own in new[] { facts.IPv4, facts.IPv6 }.OfType<IPAddress>())
        {
            AddressFamily family = own.AddressFamily;
            batch.AddRule(hidden, r => r.IsFamily(family).IsFromThisHost().TranslateSourceTo(own))
                .AddRule(hidden, r => r.IsFamily(family).ComesFromLinksNamed(names.BridgePrefix)
                    .TranslateSourceTo(own))

                // A node that takes in another's call and finds the task on that other one.
                .AddRule(hidden, r => r.GoesToLink(names.Tunnel).IsFromIn(family, Hosts(family)).TranslateSourceTo(own))
                .AddRule(hidden, r => r.IsFamily(family).WasCalledIn(Hidden).TranslateSourceTo(own));
        }
    }
}
