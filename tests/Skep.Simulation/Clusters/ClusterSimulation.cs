using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Simulation.Disk;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Simulation.Clusters;

/// <summary>A whole swarm of managers in one thread, everything about it drawn from a seed.</summary>
/// <remarks>
/// First the safety phase, in which anything may fail and only what must never be is looked for; then the liveness
/// phase: everything is healed, and the swarm must come to rest. A failure replays from its seed, at the same commit.
/// </remarks>
public sealed partial class ClusterSimulation
{
    private readonly ClusterChecks checks;
    private readonly SortedDictionary<ulong, SimulatedManager> managers = [];
    private readonly TextWriter? trace;
    private readonly PlantedBug bug;
    private bool isHealed;

    /// <param name="trace">Where every manager's log goes; null: nowhere.</param>
    public ClusterSimulation(ulong seed, TimeSpan safety, TextWriter? trace)
        : this(seed, safety, trace, PlantedBug.None)
    {
    }

    /// <param name="bug">To see whether the checks see it.</param>
    internal ClusterSimulation(ulong seed, TimeSpan safety, TextWriter? trace, PlantedBug bug)
    {
        this.bug = bug;
        Seed = seed;
        this.trace = trace;
        Random = new Random((int)(seed ^ (seed >> 32)));
        Options = SimulationOptions.Draw(Random, safety);
        checks = new ClusterChecks(Figures);
        Network = new SimulatedNetwork(Random, Time, Figures) { Weather = Options.Network };
        var key = new byte[DataKey.Bytes];
        Random.NextBytes(key);
        Keys = new StorageKeys(new DataKey(key));
        NewCore = (settings, disk) => new RaftCore(
            settings with
            {
                MessageBytesMax = Options.MessageBytes,
                InflightMessagesMax = Options.InflightMessages,
            },
            disk.HardState,
            disk.Snapshot?.Meta.Members ?? ConfState.Empty,
            disk.Snapshot?.Meta,
            disk.Entries,
            disk.Snapshot?.Meta.Index ?? 0,
            bug.Core);
    }

    public ulong Seed { get; }

    public SimulationOptions Options { get; }

    public Figures Figures { get; } = new();

    /// <summary>Set: the power goes at the so-manieth change that the founder makes to its disk.</summary>
    internal int? CallsUntilFounderLosesPower { get; init; }

    internal Random Random { get; }

    internal SimulatedTime Time { get; } = new();

    internal SimulatedNetwork Network { get; }

    internal StorageKeys Keys { get; }

    internal Func<RaftOptions, RecoveredState, RaftCore> NewCore { get; }

    /// <exception cref="SimulationFailedException">The seed found something.</exception>
    public void Run()
    {
        SimulatedManager founder = NewManager(1);
        founder.Disk.CallsUntilPowerLoss = CallsUntilFounderLosesPower;
        founder.Found(null);
        PlanOperator();
        PlanLeading();
        PlanFaults();
        PlanClients();
        RunUntil(Options.Safety, static () => false);
        Heal();
        bool hasSettled = RunUntil(Options.Safety + Options.Liveness, HasSettled);
        Figures.Simulated = TimeSpan.FromMicroseconds(Time.Now);
        SimulationFailedException.Unless(hasSettled, "the healed swarm has not come to rest: " + Describe());
        history.CheckFinal(Leader()!.Driver!.Store.Committed);
        Figures.Demotions = Leader()!.Driver!.Store.Committed.NodesWithRole(NodeRole.Worker).Count();
    }

    internal Log LogOf(SimulatedManager manager) => trace is null
        ? Log.None
        : new Log(
            (severity, line) => trace.WriteLine(
                $"{TimeSpan.FromMicroseconds(Time.Now):hh\\:mm\\:ss\\.ffffff} {manager.Id} {severity} {line}"),
            Severity.Debug);

    internal void Forgotten(SimulatedManager manager) => checks.Forgotten(manager);

    internal void Started(SimulatedManager manager, RecoveredState found) => checks.Started(manager, found);

    internal void Finished(SimulatedManager manager, Ready ready)
    {
        checks.Finished(manager, ready);
        if (ready.Role is { Role: RaftRole.Leader })
        {
            Rush(manager);
        }
    }

    internal void Snapshotted(SimulatedManager manager, SnapshotJob job) => checks.Snapshotted(manager, job);

    private bool RunUntil(TimeSpan end, Func<bool> isDone)
    {
        long until = (long)end.TotalMicroseconds;
        while (!isDone())
        {
            if (!Time.Step(until))
            {
                return isDone();
            }
        }

        return true;
    }

    private SimulatedManager NewManager(ulong id)
    {
        double speed = 1 + ((Random.NextDouble() - 0.5) * Options.Drift);
        var clock = new SimulatedClock(Time, TimeSpan.FromHours(Random.Next(-24, 25)), speed);
        var disk = new SimulatedDisk(Random, isHealed ? Fine : Options.Disk) { Bug = bug.Disk };
        var manager = new SimulatedManager(this, id, disk, clock);
        managers.Add(id, manager);
        Network.Attach(manager);
        return manager;
    }

    private SimulatedManager? Leader() => managers.Values
        .Where(static manager => manager.Leads)
        .MaxBy(static manager => manager.Driver!.Status.Value.Leadership.Term);

    private bool HasSettled()
    {
        if (Leader()?.Driver is not { } leader || joining.Count + forgetful.Count > 0 || !HasSettledRoles(Leader()!))
        {
            return false;
        }

        MemberList members = leader.Members;
        ulong end = leader.CoreStatus.LastIndex;
        return members.Configuration.Learners.IsEmpty
            && leader.Applied == end
            && end >= checks.HighestApplied
            && members.Configuration.Voters.All(voter =>
                managers[voter].Driver is { } driver && driver.Applied == end
                && driver.Store.Committed.AllObjects().SequenceEqual(leader.Store.Committed.AllObjects())
                && driver.Members.Configuration == members.Configuration);
    }

    private string Describe() => string.Join("; ", managers.Values.Select(static manager => manager.Driver is { } driver
        ? $"{manager.Id}: {driver.CoreStatus}" : $"{manager.Id}: down{(manager.IsGone ? " for good" : "")}"));
}
