using System.Diagnostics;
using Skep.Agent.Cgroups;
using Skep.Linux.Processes;
using Xunit;

namespace Skep.Tests.Linux.Processes;

public class ProcessHandleTests
{
    private const int SigTerm = 15;

    [Fact]
    public async Task Only_the_process_that_is_meant_gets_a_signal()
    {
        using Process child = Process.Start("sleep", "60");
        Assert.False(ProcessHandle.TrySignal(child.Id, SigTerm, _ => false));
        Assert.False(child.HasExited);
        var asked = new List<int>();
        Assert.True(ProcessHandle.TrySignal(child.Id, SigTerm, pid =>
        {
            asked.Add(pid);
            return true;
        }));
        await child.WaitForExitAsync();
        Assert.Equal(128 + SigTerm, child.ExitCode);
        Assert.Equal([child.Id], asked);
        Assert.False(ProcessHandle.TrySignal(int.MaxValue, SigTerm, _ => true));
    }

    [Fact]
    public void A_processs_groups_tell_whose_it_is()
    {
        string[] own = File.ReadAllText("/proc/self/cgroup").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.False(CgroupPaths.IsOf(Environment.ProcessId, new string('a', 64)));
        Assert.False(CgroupPaths.IsOf(int.MaxValue, new string('a', 64)));
        foreach (string part in own.SelectMany(line => line.Split('/').Skip(1)).Where(part => part.Length > 0))
        {
            Assert.True(CgroupPaths.IsOf(Environment.ProcessId, part));
        }
    }
}
