using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>The engine under test and, where it is installed, the real one beside it: what is typed at one is typed at both.</summary>
/// <remarks>
/// All acceptance tests share one pair, one after the other; each removes its containers, networks and volumes. The
/// client speaks the API version of the reference to both, so that the answers are comparable.
/// </remarks>
public sealed class EnginePair : IAsyncLifetime
{
    /// <summary>dockerd 20.10's version.</summary>
    private const string CommonVersion = "1.41";

    private TestHosts? hosts;
    private TestHost? reference;

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
    }

    public async Task DisposeAsync()
    {
        if (hosts is not null)
        {
            await hosts.DisposeAsync();
        }
    }

    /// <summary>Plays the scene at both engines; what was written down must be the same.</summary>
    internal async Task CompareAsync(Func<Session, Task> scene)
    {
        var subject = new Session(Subject, CommonVersion);
        var real = reference is null ? null : new Session(reference, CommonVersion);
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
        if (real is not null && real.Transcript != subject.Transcript)
        {
            Assert.Fail(Difference(real.Transcript, subject.Transcript));
        }
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

    /// <summary>Only the lines that differ, each with the command it belongs to.</summary>
    private static string Difference(string expected, string actual)
    {
        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        string command = "";
        var report = new List<string> { "The transcripts differ (- the real engine, + the engine under test)" };
        for (int index = 0; index < Math.Max(expectedLines.Length, actualLines.Length); index++)
        {
            string left = expectedLines.ElementAtOrDefault(index) ?? "<nothing>";
            string right = actualLines.ElementAtOrDefault(index) ?? "<nothing>";
            command = left.StartsWith("$ ", StringComparison.Ordinal) ? left : command;
            if (left != right)
            {
                report.AddRange([command, "- " + left, "+ " + right]);
            }
        }

        return string.Join('\n', report);
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnginePairCollection : ICollectionFixture<EnginePair>
{
    public const string Name = "engine pair";
}
