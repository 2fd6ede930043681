using System.Collections.Immutable;
using System.Threading.Channels;
using Skep.Agent.Secrets;
using Skep.Agent.Session;
using Skep.Agent.Tasks;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Linux.Files;
using Skep.Transport.Rpc;
using AssignmentStep = Skep.Transport.Contracts.AssignmentStep;

namespace Skep.Tests.Agent.Tasks;

/// <summary>A node's worker, its manager played by the test.</summary>
internal sealed class WorkerScene : IAsyncDisposable
{
    // Long, for machines that are busy; nothing here waits for it when it works.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource end = new();
    private readonly ScratchDirectory scratch;
    private readonly Channel<(TaskId Task, SwarmTaskStatus Status)> reports =
        Channel.CreateUnbounded<(TaskId, SwarmTaskStatus)>();

    private readonly Task running;
    private bool isGivenOn;

    public WorkerScene()
        : this(new ScratchDirectory(), new FakeRuntime())
    {
    }

    private WorkerScene(ScratchDirectory scratch, FakeRuntime runtime)
    {
        (this.scratch, Runtime) = (scratch, runtime);
        Worker = new TaskWorker(new WorkerParts
        {
            Runtime = runtime,
            Dependencies = Dependencies,
            Folder = scratch.Path,
            Report = TakeAsync,
            Time = TimeProvider.System,
            Log = Log.None,
        });
        Worker.Load();
        running = Worker.RunAsync(end.Token);
    }

    public FakeRuntime Runtime { get; }

    public Dependencies Dependencies { get; } = new();

    public TaskWorker Worker { get; }

    /// <summary>Set: reports are not taken.</summary>
    public volatile bool IsAway;

    public string[] Files =>
        [.. Directory.GetFiles(scratch["tasks"]).Select(static path => Path.GetFileName(path)).Order()];

    public byte[] ReadFile(string task) => File.ReadAllBytes(scratch[Path.Combine("tasks", task)]);

    public static SwarmTask NewTask(string id, TaskState desired) => new()
    {
        Id = new TaskId(id),
        ServiceId = new ServiceId("service"),
        NodeId = new NodeId("node"),
        Slot = 1,
        ServiceAnnotations = new Annotations { Name = "web" },
        Spec = new TaskSpec
        {
            Runtime = new ContainerSpec
            {
                Image = "alpine",
                PullOptions = new PullOptions { RegistryAuth = "a-password-of-a-registry" },
            },
        },
        Status = new SwarmTaskStatus { State = TaskState.Assigned },
        DesiredState = desired,
    };

    public Task GiveAllAsync(params StoreObject[] all) => Worker.ApplyAsync(
        new AssignmentNews(true, [.. all.Select(static one => new AssignmentStep(false, one, null))]), end.Token);

    public Task GiveAsync(StoreObject one) => Worker.ApplyAsync(
        new AssignmentNews(false, ImmutableArray.Create(new AssignmentStep(false, one, null))), end.Token);

    public Task TakeAwayAsync(StoreObject one) => Worker.ApplyAsync(
        new AssignmentNews(false, ImmutableArray.Create(new AssignmentStep(true, one, null))), end.Token);

    /// <summary>Reads reports until one tells this of the task.</summary>
    public async Task<SwarmTaskStatus> ReportedAsync(string task, TaskState state)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            (TaskId id, SwarmTaskStatus status) = await reports.Reader.ReadAsync(late.Token);
            if (id.Value == task && status.State == state)
            {
                return status;
            }
        }
    }

    /// <summary>The next report of the task, whatever it tells.</summary>
    public async Task<SwarmTaskStatus> NextReportAsync(string task)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            (TaskId id, SwarmTaskStatus status) = await reports.Reader.ReadAsync(late.Token);
            if (id.Value == task)
            {
                return status;
            }
        }
    }

    public async Task UntilAsync(Func<bool> holds)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, late.Token);
        }
    }

    /// <summary>The daemon ends, and begins again on the same disk and with the same containers.</summary>
    public async Task<WorkerScene> RestartAsync()
    {
        await StopAsync();
        isGivenOn = true;
        Runtime.Calls.Clear();
        return new WorkerScene(scratch, Runtime);
    }

    public async ValueTask DisposeAsync()
    {
        if (!isGivenOn)
        {
            await StopAsync();
            scratch.Dispose();
        }
    }

    private async Task StopAsync()
    {
        await end.CancelAsync();
        await running;
        await Worker.DisposeAsync();
    }

    private Task TakeAsync(IReadOnlyList<(TaskId Task, SwarmTaskStatus Status)> batch, CancellationToken stop)
    {
        if (IsAway)
        {
            throw new RpcException(RpcStatus.Unavailable, "the manager is away");
        }

        foreach ((TaskId Task, SwarmTaskStatus Status) one in batch)
        {
            reports.Writer.TryWrite(one);
        }

        return Task.CompletedTask;
    }
}
