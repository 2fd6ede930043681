using Skep.Manager.Consensus;
using Skep.Simulation.Disk;

namespace Skep.Simulation.Clusters;

// What goes wrong, and the moment at which nothing does any more.
public sealed partial class ClusterSimulation
{
    private static readonly DiskFaults Fine = new(0, 0, 0, 0, 0);

    internal void PlanRestart(SimulatedManager manager)
    {
        int life = manager.Life;
        Time.After(Exponential(isHealed ? Options.Tick : Options.Tick * 30), () =>
        {
            if (manager.Life == life)
            {
                Restart(manager);
            }
        });
    }

    /// <summary>Microseconds that a step takes: mostly a sync, sometimes a disk that thinks.</summary>
    internal long DrawStep()
    {
        long micros = (long)Exponential(TimeSpan.FromMilliseconds(1)).TotalMicroseconds + 50;
        return !isHealed && Random.Next(2000) == 0
            ? (long)(Options.Tick * Random.Next(1, 40)).TotalMicroseconds : micros;
    }

    internal TimeSpan DrawSnapshot() => Exponential(Options.Tick);

    private void Restart(SimulatedManager manager)
    {
        if (!manager.IsUp && !manager.IsGone)
        {
            manager.Restart();
        }
    }

    private void PlanFaults()
    {
        Repeat(Options.Crashes, CrashSomebody);
        Repeat(Options.FullDisks, FillSomeDisk);
        Repeat(Options.Network.Partitions, () =>
        {
            Network.Partition();
            Time.After(Exponential(Options.Network.PartitionLength), Network.Heal);
        });
    }

    private void Repeat(TimeSpan? mean, Action fault)
    {
        if (mean is { } between)
        {
            Time.After(Exponential(between), () =>
            {
                if (!isHealed)
                {
                    fault();
                    Repeat(mean, fault);
                }
            });
        }
    }

    private void CrashSomebody()
    {
        SimulatedManager[] up = [.. managers.Values.Where(static manager => manager.IsUp)];
        if (up.Length == 0)
        {
            return;
        }

        if (HasWipes && Random.Next(4) == 0)
        {
            LoseSomeDisk();
            return;
        }

        // The leader more often than its share, and sometimes all at once.
        SimulatedManager[] victims = Random.Next(10) == 0 ? up
            : [Leader() is { } leader && Random.Next(2) == 0 ? leader : up[Random.Next(up.Length)]];
        foreach (SimulatedManager victim in victims)
        {
            Figures.Crashes++;
            if (Random.Next(2) == 0)
            {
                // In the middle of whatever it does next.
                victim.Disk.CallsUntilPowerLoss = Random.Next(0, 25);
                victim.PlanStep();
            }
            else
            {
                victim.Crash(losesPower: Random.Next(2) == 0);
                PlanRestart(victim);
            }
        }
    }

    /// <summary>
    /// A whole disk is lost, one at a time: two of three would be more than any swarm survives.
    /// </summary>
    private void LoseSomeDisk()
    {
        if (forgetful.Count + joining.Count + changes.Count > 0 || Leader() is not { } leader)
        {
            return;
        }

        MemberList members = leader.Driver!.Members;
        ulong end = leader.Driver.CoreStatus.LastIndex;
        bool isQuiet = members.Configuration.Voters.Length > 2 && members.Configuration.Voters.All(voter =>
            managers[voter].Driver is { } driver && driver.Applied == end && driver.CoreStatus.LastIndex == end
            && driver.Members.Configuration == members.Configuration);
        if (!isQuiet)
        {
            return;
        }

        SimulatedManager victim = managers[
            members.Configuration.Voters[Random.Next(members.Configuration.Voters.Length)]];
        victim.Wipe();
        checks.Forgotten(victim);
        forgetful.Add(victim.Id);
        Figures.LostDisks++;
    }

    private void FillSomeDisk()
    {
        SimulatedManager manager = managers.Values.ElementAt(Random.Next(managers.Count));
        manager.Disk.CapacityBytes = manager.Disk.UsedBytes + Random.Next(0, 20_000);
        Figures.FullDisks++;
        Time.After(Exponential(Options.Tick * 100), () => manager.Disk.CapacityBytes = long.MaxValue);
    }

    private void Heal()
    {
        isHealed = true;
        Network.Heal();
        Network.Weather = NetworkWeather.Fair;
        foreach (SimulatedManager manager in managers.Values)
        {
            manager.Disk.Faults = Fine;
            manager.Disk.CapacityBytes = long.MaxValue;
            manager.Disk.CallsUntilPowerLoss = null;
            if (!manager.IsUp && !manager.IsGone)
            {
                PlanRestart(manager);
            }
        }
    }
}
