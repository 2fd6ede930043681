using System.Diagnostics;
using Skep.Agent;
using Skep.Agent.Containerd;
using Skep.Linux.Processes;
using Skep.Swarm;

namespace Skep.Tests.Agent.Containerd;

/// <summary>The real containerd, in directories of its own.</summary>
public sealed class ContainerdProcessTests : IAsyncLifetime
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), "skep-cd-" + Path.GetRandomFileName()[..8]);
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(180));
    private readonly List<ContainerdProcess> started = [];

    private CancellationToken Stop => deadline.Token;

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(directory);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        // A test that failed half-way leaves nothing either: what carries our paths is killed by its own id.
        foreach (ContainerdProcess containerd in started)
        {
            containerd.Dispose();
        }

        foreach (int pid in ProcessIdentity.All().Where(BelongsToUs))
        {
            ProcessWatch? left = ProcessWatch.Open(pid);
            left?.Signal(9);
            await (left?.Exited ?? Task.FromResult<int?>(0)).WaitAsync(TimeSpan.FromSeconds(60));
        }

        Directory.Delete(directory, recursive: true);
        deadline.Dispose();
    }

    [Fact]
    public async Task Containerd_is_started_serves_and_is_stopped()
    {
        ContainerdProcess containerd = await StartAsync("a");

        Assert.StartsWith("1.", containerd.Version.TrimStart('v'));
        Assert.Equal(SessionOf(containerd.Pid!.Value), containerd.Pid);
        int pid = containerd.Pid!.Value;
        await containerd.StopAsync(Stop);
        Assert.Null(ProcessIdentity.Of(pid));
        Assert.False(File.Exists(Path.Combine(directory, "a", "run", "containerd", "containerd.pid")));
    }

    [Fact]
    public async Task A_daemon_that_comes_back_adopts_the_containerd_it_left()
    {
        ContainerdProcess first = await StartAsync("a");
        int pid = first.Pid!.Value;
        first.Dispose();

        ContainerdProcess second = await StartAsync("a");
        Assert.Equal(pid, second.Pid);
    }

    [Fact]
    public async Task A_containerd_whose_pid_file_was_never_written_is_found_by_its_arguments()
    {
        ContainerdProcess first = await StartAsync("a");
        int pid = first.Pid!.Value;
        first.Dispose();
        File.Delete(Path.Combine(directory, "a", "run", "containerd", "containerd.pid"));

        ContainerdProcess second = await StartAsync("a");
        Assert.Equal(pid, second.Pid);
    }

    [Fact]
    public async Task A_killed_containerd_is_replaced_and_the_daemon_is_told()
    {
        ContainerdProcess containerd = await StartAsync("a");
        int pid = containerd.Pid!.Value;
        var returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        containerd.Returned += returned.SetResult;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task run = containerd.RunAsync(end.Token);

        Kill(pid);
        await returned.Task.WaitAsync(Stop);

        Assert.NotNull(containerd.Pid);
        Assert.NotEqual(pid, containerd.Pid);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task An_adopted_containerd_that_is_killed_is_replaced_too()
    {
        ContainerdProcess first = await StartAsync("a");
        first.Dispose();
        ContainerdProcess second = await StartAsync("a");
        var returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        second.Returned += returned.SetResult;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task run = second.RunAsync(end.Token);

        Kill(second.Pid!.Value);
        await returned.Task.WaitAsync(Stop);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Two_instances_live_side_by_side()
    {
        ContainerdProcess first = await StartAsync("a");
        ContainerdProcess second = await StartAsync("b");
        int secondPid = second.Pid!.Value;

        Assert.NotEqual(first.Pid, second.Pid);
        await first.StopAsync(Stop);
        Assert.NotNull(ProcessIdentity.Of(secondPid));
    }

    [Fact]
    public async Task A_given_containerd_is_used_and_left_alone()
    {
        ContainerdProcess owner = await StartAsync("a");
        ContainerdProcess user = await StartAsync("b", new ContainerdOptions { Address = owner.SocketPath });

        await user.StopAsync(Stop);

        Assert.Null(user.Pid);
        Assert.NotNull(ProcessIdentity.Of(owner.Pid!.Value));
    }

    [Fact]
    public async Task A_missing_containerd_is_named_with_the_package_that_brings_it()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => StartAsync("a", new ContainerdOptions { Program = "containerd-that-is-not-there" }));
        Assert.Contains("apt-get install containerd", refused.Message);
    }

    [Fact]
    public async Task A_containerd_that_dies_at_its_start_points_to_its_log()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => StartAsync("a", new ContainerdOptions { Program = "/bin/false" }));
        Assert.Contains("containerd.log", refused.Message);
    }

    [Fact]
    public async Task A_socket_path_that_is_too_long_is_refused_with_the_flag_that_shortens_it()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => StartAsync(new string('x', 100)));
        Assert.Contains("--exec-root", refused.Message);
    }

    private async Task<ContainerdProcess> StartAsync(string name, ContainerdOptions? options = null)
    {
        var instance = new Instance(Path.Combine(directory, name, "data"), Path.Combine(directory, name, "run"));
        ContainerdProcess containerd = await ContainerdProcess.StartAsync(
            instance, options ?? new ContainerdOptions(), TimeProvider.System, Log.None, Stop);
        started.Add(containerd);
        return containerd;
    }

    private bool BelongsToUs(int pid) =>
        ProcessIdentity.Arguments(pid).Any(word => word.StartsWith(directory + "/", StringComparison.Ordinal));

    private static void Kill(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }

    private static int SessionOf(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
    }
}
