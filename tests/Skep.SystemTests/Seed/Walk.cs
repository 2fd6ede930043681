using System.Diagnostics;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Seed;

/// <summary>One walk through the seed: an engine, a command line, and what each row wrote down.</summary>
/// <param name="name">For those who read what differs: "skep with its own CLI".</param>
/// <param name="carriesNetworks">
/// False for an engine that cannot connect tasks here, as the real one needs parts of a kernel that tests may lack.
/// </param>
internal sealed class Walk(string name, Team team, TestHosts hosts, bool carriesNetworks)
{
    public const string Quick = "--no-resolve-image --stop-grace-period 1s";
    public const string Create = "docker service create -d -q " + Quick;
    public const string Update = "docker service update -d -q --no-resolve-image";

    /// <summary>What stays the same of the steps that a client shows while a service settles.</summary>
    public const string Progress = "sed -E 's/[0-9]+ seconds/N seconds/' | grep -v '0 out of' | uniq | tail -n +2";

    private readonly List<PlayedRow> rows = [];

    public string Name => name;

    public Team Team => team;

    public TestHosts Hosts => hosts;

    public bool CarriesNetworks => carriesNetworks;

    public IReadOnlyList<PlayedRow> Rows => rows;

    /// <summary>Who types at a host; the hosts count from 1.</summary>
    public Session this[int number] => team[number];

    /// <summary>Every host has images by the names that the notes call, made of those of the tests.</summary>
    public Task HaveImagesAsync() => Task.WhenAll(Enumerable.Range(1, SeedTests.HostCount).Select(async number =>
    {
        await team[number].Host.HaveImagesAsync();
        await team[number].PrepareAsync("for name in alpine postgres mysql:5.7 bretfisher/visualizer nginx drupal; do "
            + "docker tag test $name; done; docker tag web:1 nginx:1.13.7; docker tag web:2 nginx:1.13.6; "
            + "docker tag web:1 fooapp:1.2.0; docker tag web:2 fooapp:1.2.1");
    }));

    /// <summary>Plays a row of the walk-through and remembers what was typed and seen in it.</summary>
    public async Task RowAsync(int number, Func<Task> lines)
    {
        int[] begins = [.. team.All.Select(static user => user.Transcript.Count)];
        var watch = Stopwatch.StartNew();
        try
        {
            await lines();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Row {number}, {name}: {error.Message}", error);
        }

        rows.Add(new PlayedRow(
            number,
            watch.Elapsed,
            [.. team.All.Select((user, index) => user.Transcript.Skip(begins[index]).ToList())]));
    }

    /// <summary>A row that needs connected tasks.</summary>
    public Task NetworkRowAsync(int number, Func<Task> lines) =>
        carriesNetworks ? RowAsync(number, lines) : Task.CompletedTask;

    /// <summary>Waits until the services are listed with as many tasks as they want: "web 3/3".</summary>
    public async Task UntilServicesAsync(params IReadOnlyList<string> lines)
    {
        foreach (string line in lines)
        {
            await team.UntilServiceAsync(line);
        }
    }

    /// <summary>Waits until a service's update or rollback has come to this state.</summary>
    public Task UntilUpdateAsync(string service, string state) => team[1].UntilAsync(
        $"docker service inspect -f '<{{{{.UpdateStatus.State}}}}>' {service}", $"<{state}>");

    /// <summary>Waits until no host of the swarm has a container.</summary>
    public async Task UntilEmptyAsync()
    {
        // The real one forgets those of jobs that have run to their end.
        string all = carriesNetworks ? "-aq" : "-q";
        for (int number = 1; number <= SeedTests.HostCount; number++)
        {
            await team[number].UntilAsync($"echo \"<$(docker ps {all} | wc -l)>\"", "<0>");
        }
    }

    /// <summary>How many tasks of a service each node has.</summary>
    public Task SayNodesAsync(string service) => team[1].SayAsync(
        $"docker service ps {service} --filter desired-state=running --format '{{{{.Node}}}}' | sort | uniq -c");
}

/// <summary>A row that was played: the lines of each host with what they printed.</summary>
internal sealed record PlayedRow(
    int Number, TimeSpan Took, IReadOnlyList<IReadOnlyList<(string Line, string Result)>> Transcripts);
