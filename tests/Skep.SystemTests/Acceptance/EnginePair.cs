using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>
/// The engine under test and, where it is installed, the real one beside it: what is typed at one is typed at both.
/// </summary>
/// <remarks>
/// All acceptance tests share one pair, one after the other; each removes its containers, networks and volumes. The
/// client speaks the API version of the reference to both, so that the answers are comparable.
/// </remarks>
public sealed class EnginePair : IAsyncLifetime
{
    /// <summary>dockerd 20.10's version.</summary>
    internal const string CommonVersion = "1.41";

    /// <summary>Ports of the registries on the outside; engines are told to talk HTTP to both.</summary>
    public const int OpenPort = 5000;
    public const int GuardedPort = 5001;

    private TestHosts? hosts;
    private TestHost? reference;
    private Registry? open;
    private Registry? guarded;

    internal TestHost Subject => hosts![0];

    internal TestHosts Hosts => hosts!;

    public async Task InitializeAsync()
    {
        List<Engine> engines = [Engine.UnderTest];
        if (Engine.Reference is { } real)
        {
            engines.Add(real);
        }

        hosts = await TestHosts.StartAsync(engines);
        reference = engines.Count > 1 ? hosts[1] : null;
        await HostImages.LoadAsync(Subject);
        if (reference is not null)
        {
            await HostImages.LoadAsync(reference);
        }

        open = await Registry.StartAsync(hosts, OpenPort, wantsPassword: false);
        guarded = await Registry.StartAsync(hosts, GuardedPort, wantsPassword: true);
    }

    public async Task DisposeAsync()
    {
        foreach (Registry? registry in new[] { open, guarded })
        {
            if (registry is not null)
            {
                await registry.DisposeAsync();
            }
        }

        if (hosts is not null)
        {
            await hosts.DisposeAsync();
        }
    }

    /// <summary>Plays the scene at both engines; what was written down must be the same.</summary>
    internal async Task CompareAsync(Func<Session, Task> scene)
    {
        var subject = new Session(Subject, CommonVersion, "");
        var real = reference is null ? null : new Session(reference, CommonVersion, "");
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

    /// <summary>
    /// Plays the scene at the engine under test twice: with the genuine CLI and with the program's own.
    /// </summary>
    internal async Task CompareClientsAsync(Func<Session, Task> scene)
    {
        var genuine = new Session(Subject, CommonVersion, "");
        var own = new Session(Subject, CommonVersion, Engine.OutFolder);
        await PlayAsync(genuine, scene);
        await PlayAsync(own, scene);
        AssertSame(genuine, "the genuine CLI", own, "the program's own CLI");
    }

    private static async Task PlayAsync(Session session, Func<Session, Task> scene)
    {
        try
        {
            await scene(session);
        }
        finally
        {
            await session.PrepareAsync(
                "docker ps -aq | xargs -r docker rm -fv >/dev/null; docker network prune -f >/dev/null; "
                + "docker volume ls -q | xargs -r docker volume rm -f >/dev/null; rm -rf \"$SHARE\"/*");
        }
    }

    internal static void AssertSame(Session expected, string expectedName, Session actual, string actualName)
    {
        string report = string.Join(
            "\n\n", Transcripts.Differences(expected.Transcript, expectedName, actual.Transcript, actualName));
        Assert.True(report.Length == 0, report);
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnginePairCollection : ICollectionFixture<EnginePair>
{
    public const string Name = "engine pair";
}
