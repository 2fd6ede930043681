using Skep.Manager.Consensus;
using Skep.Raft;

namespace Skep.Simulation.Clusters;

/// <summary>The links between the managers: late, lost, twice, out of order, and cut.</summary>
internal sealed class SimulatedNetwork(Random random, SimulatedTime time, Figures figures)
{
    private readonly Dictionary<ulong, SimulatedManager> members = [];
    private readonly Dictionary<(ulong From, ulong To), long> lastArrival = [];
    private readonly HashSet<(ulong From, ulong To)> cuts = [];

    public NetworkWeather Weather { get; set; } = NetworkWeather.Fair;

    public void Attach(SimulatedManager manager) => members[manager.Id] = manager;

    public IPeerLinks LinksOf(SimulatedManager manager) => new Links(this, manager);

    public void Cut(ulong from, ulong to) => cuts.Add((from, to));

    public void Heal() => cuts.Clear();

    public bool IsOpen(ulong from, ulong to) =>
        !cuts.Contains((from, to)) && members.TryGetValue(to, out SimulatedManager? target) && target.IsUp;

    /// <summary>One of the partitions of reliability 2.4: one alone, halves, one way, or some pairs.</summary>
    public void Partition()
    {
        ulong[] ids = [.. members.Keys.Order()];
        if (ids.Length < 2)
        {
            return;
        }

        figures.Partitions++;
        int kind = random.Next(4);
        ulong one = ids[random.Next(ids.Length)];
        HashSet<ulong> side = [.. ids.Where(_ => random.Next(2) == 0)];
        foreach (ulong from in ids)
        {
            foreach (ulong to in ids)
            {
                bool isCut = kind switch
                {
                    0 => (from == one) != (to == one),
                    1 => side.Contains(from) != side.Contains(to),
                    2 => from == one,
                    _ => random.Next(3) == 0,
                };
                if (isCut && from != to)
                {
                    Cut(from, to);
                }
            }
        }
    }

    private void Send(SimulatedManager sender, Message message)
    {
        figures.Messages++;
        bool isLost = !IsOpen(sender.Id, message.To) || random.NextDouble() < Weather.Loss;
        if (isLost)
        {
            TellLoss(sender, message);
            return;
        }

        Deliver(sender, message);
        if (random.NextDouble() < Weather.Duplicate)
        {
            Deliver(sender, message);
        }
    }

    private void Deliver(SimulatedManager sender, Message message)
    {
        double late = -Math.Log(1 - random.NextDouble()) * Weather.DelayMean.TotalMicroseconds;
        long at = Math.Max(time.Now, sender.BusyUntil) + (long)(Weather.DelayMin.TotalMicroseconds + late);
        if (Weather.KeepsOrder)
        {
            at = Math.Max(at, lastArrival.GetValueOrDefault((sender.Id, message.To)));
            lastArrival[(sender.Id, message.To)] = at;
        }

        int life = sender.Life;
        time.At(at, () => Arrive(sender, life, message));
    }

    private void Arrive(SimulatedManager sender, int life, Message message)
    {
        if (!IsOpen(sender.Id, message.To))
        {
            TellLoss(sender, message);
            return;
        }

        SimulatedManager target = members[message.To];
        if (target.HasRemoved(sender.Id))
        {
            // What the port answers to a removed member, which learns of its end that way.
            sender.Report(life, new RemovalHeard());
            return;
        }

        target.Receive(message);
        if (message.Kind == MessageKind.Snapshot)
        {
            sender.Report(life, new SnapshotSent(message.To, true));
        }
    }

    private void TellLoss(SimulatedManager sender, Message message)
    {
        int life = sender.Life;
        if (message.Kind == MessageKind.Snapshot)
        {
            time.After(TimeSpan.FromMilliseconds(10), () => sender.Report(life, new SnapshotSent(message.To, false)));
        }
        else if (random.Next(2) == 0)
        {
            time.After(
                TimeSpan.FromMilliseconds(1), () => sender.Report(life, new PeerUnreachable(message.To)));
        }
    }

    private sealed class Links(SimulatedNetwork network, SimulatedManager self) : IPeerLinks
    {
        private HashSet<ulong> peers = [];

        public void Send(Message message)
        {
            if (peers.Contains(message.To))
            {
                network.Send(self, message);
            }
            else if (message.Kind == MessageKind.Snapshot)
            {
                self.Report(self.Life, new SnapshotSent(message.To, false));
            }
        }

        public void SetPeers(IReadOnlyDictionary<ulong, Member> now) => peers = [.. now.Keys];

        public bool IsActive(ulong peer) => network.IsOpen(self.Id, peer);
    }
}
