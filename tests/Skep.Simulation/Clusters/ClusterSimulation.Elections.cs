namespace Skep.Simulation.Clusters;

// The moment of an election, in which most bugs of consensus live and in which chance alone rarely does anything.
public sealed partial class ClusterSimulation
{
    /// <summary>Clients, the operator and trouble come to a new leader before it has committed anything.</summary>
    private void Rush(SimulatedManager leader)
    {
        if (isHealed || Random.NextDouble() >= Options.Rush)
        {
            return;
        }

        int life = leader.Life;
        void Soon(double ticks, Action happen) => Time.After(Exponential(Options.Tick * ticks), () =>
        {
            if (leader.Life == life && leader.IsUp && !isHealed)
            {
                happen();
            }
        });

        for (int count = Random.Next(4); count > 0; count--)
        {
            Soon(0.05, () =>
            {
                Read(leader, $"register{Random.Next(Options.Registers)}");
                leader.PlanStep();
            });
        }

        switch (Random.Next(6))
        {
            case 0:
                Soon(0.2, () => Isolate(leader));
                break;
            case 1:
                Soon(0.2, () => leader.Disk.CallsUntilPowerLoss = Random.Next(4));
                break;
            case 2 when Options.Changes is not null:
                Soon(0.05, () => RemoveSomebody(leader));
                break;
        }
    }

    private void Isolate(SimulatedManager manager)
    {
        // Deaf, dumb, or both.
        int kind = Random.Next(3);
        foreach (ulong other in managers.Keys.Where(id => id != manager.Id))
        {
            if (kind != 0)
            {
                Network.Cut(manager.Id, other);
            }

            if (kind != 1)
            {
                Network.Cut(other, manager.Id);
            }
        }

        Figures.Partitions++;
        Time.After(Exponential(Options.Tick * 30), Network.Heal);
    }

    private void RemoveSomebody(SimulatedManager leader)
    {
        ulong[] voters = [.. leader.Driver!.Members.Configuration.Voters];
        if (voters.Length > 2)
        {
            Remove(leader, leader.Driver!.Members);
        }
    }
}
