using System.Diagnostics;
using Skep.Linux.Processes;
using Xunit;

namespace Skep.Tests.Linux.Processes;

public class ProcessHandleTests
{
    [Fact]
    public void A_process_is_signalled_and_seen_to_end()
    {
        using Process child = Process.Start("sleep", "60");
        using ProcessHandle? handle = ProcessHandle.Find(child.Id);
        Assert.NotNull(handle);
        Assert.False(handle.HasEnded);
        Assert.True(ProcessHandle.Kill(child.Id, 0));
        Assert.True(handle.TrySignal(9));
        Assert.True(handle.WaitForEnd(TimeSpan.FromSeconds(10)));
        child.WaitForExit();
        Assert.False(handle.TrySignal(9));
    }

    [Fact]
    public void A_number_that_no_process_has_is_told_apart()
    {
        Assert.Null(ProcessHandle.Find(0x3FFFFF));
        Assert.False(ProcessHandle.Kill(0x3FFFFF, 0));
    }
}
