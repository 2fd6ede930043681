using Skep.SystemTests.Hosts;
using Skep.SystemTests.Seed;

namespace Skep.SystemTests.Acceptance;

/// <summary>Hosts that become a swarm in a test, each with somebody who types there.</summary>
/// <param name="programs">A folder whose programs come before those of the machine; empty: none.</param>
internal sealed class Team(TestHosts hosts, int count, string programs)
{
    private readonly List<Session> sessions = [.. Enumerable.Range(0, count).Select(
        index => new Session(hosts[index], EnginePair.CommonVersion, programs))];

    /// <summary>Who types at a host; the hosts count from 1.</summary>
    public Session this[int number] => sessions[number - 1];

    public IReadOnlyList<Session> All => sessions;

    /// <summary>The first host starts a swarm.</summary>
    public Task<string> InitAsync(string flags = "") =>
        this[1].PrepareAsync($"docker swarm init --advertise-addr {this[1].Host.Address} {flags}");

    /// <summary>A swarm of so many hosts, the first of which manages it, that have the images of the tests.</summary>
    public async Task ServeAsync(int hostCount)
    {
        List<Session> serving = [.. sessions.Take(hostCount)];
        await Task.WhenAll(serving.Select(user => user.Host.HaveImagesAsync()));
        await InitAsync();
        for (int number = 2; number <= hostCount; number++)
        {
            await JoinAsync(number, "worker");
        }

        for (int number = 1; number <= hostCount; number++)
        {
            await UntilNodeAsync($"host{number} Ready");
        }
    }

    /// <summary>
    /// A host joins at the first one by the printed command, every second one without a word about its address.
    /// </summary>
    public async Task JoinAsync(int number, string role)
    {
        string printed = await this[1].PrepareAsync($"docker swarm join-token {role}");
        string command = printed.Split('\n').Single(line => line.Contains("swarm join --token")).Trim();
        string address = number % 2 == 0 ? "" : $" --advertise-addr {this[number].Host.Address}";
        await this[number].PrepareAsync(command + address);
    }

    /// <summary>What the first host shows of the nodes, each in a line: in the order of their hosts.</summary>
    public Task NodesAsync(int number = 1) => this[number].SayAsync(
        "docker node ls --format '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}} {{.Self}}'");

    /// <summary>Waits until the first host lists a service like this: "web 3/3".</summary>
    public Task UntilServiceAsync(string line) => this[1].UntilAsync(
        "docker service ls --format '{{.Name}} {{.Replicas}}'", line);

    /// <summary>Waits until a host's list of nodes has a line that begins so.</summary>
    public Task UntilNodeAsync(string line, int number = 1) => this[number].UntilAsync(
        "docker node ls --format '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}'", line);
}

/// <summary>Five hosts with the engine under test and, where it is installed, five with the real one.</summary>
/// <remarks>
/// Both sides have the same names and addresses, each on a bridge of its own. Every test begins without a swarm.
/// </remarks>
public sealed class SwarmPair : IAsyncLifetime
{
    private const int HostCount = 5;

    private TestHosts? subjects;
    private TestHosts? references;

    internal TestHosts Subjects => subjects!;

    public async Task InitializeAsync()
    {
        subjects = await TestHosts.StartAsync(WithLabels(Engine.UnderTest));
        if (Engine.Reference is { } real)
        {
            references = await TestHosts.StartAsync(WithLabels(real));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (TestHosts? hosts in new[] { subjects, references })
        {
            if (hosts is not null)
            {
                await hosts.DisposeAsync();
            }
        }
    }

    /// <summary>Plays the scene on both sides; what was written down must be the same.</summary>
    internal async Task CompareAsync(Func<Team, Task> scene)
    {
        var subject = new Team(subjects!, HostCount, "");
        Team? real = references is null ? null : new Team(references, HostCount, "");
        Task playing = PlayAsync(subject, scene);
        Task realPlaying = real is null ? Task.CompletedTask : PlayAsync(real, scene);
        try
        {
            await playing;
        }
        finally
        {
            await Task.WhenAny(realPlaying);
        }

        await realPlaying;
        if (real is not null)
        {
            AssertSame(real, "the real engine", subject, "the engine under test");
        }
    }

    /// <summary>Plays the scene on the engine under test with the genuine CLI and with the program's own.</summary>
    internal async Task CompareClientsAsync(Func<Team, Task> scene)
    {
        var genuine = new Team(subjects!, HostCount, "");
        var own = new Team(subjects!, HostCount, Engine.OutFolder);
        await PlayAsync(genuine, scene);
        await PlayAsync(own, scene);
        AssertSame(genuine, "the genuine CLI", own, "the program's own CLI");
    }

    /// <summary>
    /// Walks through the seed with the genuine CLI on both sides at once, and then with the program's own.
    /// </summary>
    /// <param name="judge">Is given the walks: the genuine CLI's, our own's, and the real engine's or null.</param>
    internal async Task WalkAsync(Func<Walk, Task> play, Action<Walk, Walk, Walk?> judge)
    {
        var genuine = new Walk("the genuine CLI", new Team(subjects!, HostCount, ""), subjects!, carriesNetworks: true);
        var own = new Walk(
            "the program's own CLI", new Team(subjects!, HostCount, Engine.OutFolder), subjects!,
            carriesNetworks: true);
        Walk? real = references is null
            ? null
            : new Walk("the real engine", new Team(references, HostCount, ""), references, carriesNetworks: false);
        Task realPlaying = real is null ? Task.CompletedTask : PlayAsync(real.Team, _ => play(real));
        try
        {
            await PlayAsync(genuine.Team, _ => play(genuine));
            await PlayAsync(own.Team, _ => play(own));
        }
        finally
        {
            await Task.WhenAny(realPlaying);
        }

        await realPlaying;
        judge(genuine, own, real);
    }

    /// <summary>Plays a scene on the engine under test alone.</summary>
    internal Task PlayAsync(Func<Team, Task> scene) => PlayAsync(new Team(subjects!, HostCount, ""), scene);

    /// <summary>Five of a kind, each in a rack of its own, as their daemons are told.</summary>
    private static IReadOnlyList<Engine> WithLabels(Engine engine) =>
        [.. Enumerable.Range(1, HostCount).Select(number => engine with { Flags = [$"--label=rack=r{number}"] })];

    private static async Task PlayAsync(Team team, Func<Team, Task> scene)
    {
        try
        {
            await scene(team);
        }
        finally
        {
            await Task.WhenAll(team.All.Select(CleanAsync));
        }
    }

    private static async Task CleanAsync(Session user)
    {
        await user.Host.HealAsync();
        await user.Host.BootAsync();
        await user.Host.StartEngineAsync();

        // A node that leaves kills its containers, which a busy machine may not do in time.
        await user.UntilAsync(
            "docker swarm leave --force >/dev/null 2>&1; docker info -f '{{.Swarm.LocalNodeState}}'", "inactive");
        await user.PrepareAsync("docker ps -aq | xargs -r docker rm -fv >/dev/null; "
            + "docker volume ls -q | xargs -r docker volume rm -f >/dev/null; rm -rf \"$SHARE\"/*");
    }

    private static void AssertSame(Team expected, string expectedName, Team actual, string actualName)
    {
        for (int number = 1; number <= HostCount; number++)
        {
            EnginePair.AssertSame(
                expected[number], $"{expectedName}, host {number}", actual[number], $"{actualName}, host {number}");
        }
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SwarmPairCollection : ICollectionFixture<SwarmPair>
{
    public const string Name = "swarm pair";
}
