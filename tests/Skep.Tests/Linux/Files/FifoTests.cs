using Microsoft.Win32.SafeHandles;
using Skep.Linux;
using Skep.Linux.Files;

namespace Skep.Tests.Linux.Files;

public class FifoTests
{
    [Fact]
    public void A_pipe_tells_when_its_last_writer_is_gone()
    {
        using var scratch = new ScratchDirectory();
        Fifo.Make(scratch["pipe"], 0x180);
        using SafeFileHandle reader = Fifo.OpenAtOnce(scratch["pipe"], FifoEnd.Read, nonBlocking: true);
        using (SafeFileHandle writer = Fifo.OpenAtOnce(scratch["pipe"], FifoEnd.Write, nonBlocking: true))
        {
            Assert.Equal(Readiness.None, Fifo.Poll(reader, Readiness.Readable, TimeSpan.Zero));
            using var stream = new FileStream(writer, FileAccess.Write, bufferSize: 0);
            stream.Write("x"u8);
            Assert.Equal(Readiness.Readable, Fifo.Poll(reader, Readiness.Readable, TimeSpan.FromSeconds(5)));
        }

        Assert.Equal(
            Readiness.Readable | Readiness.HungUp, Fifo.Poll(reader, Readiness.Readable, TimeSpan.Zero));
    }

    [Fact]
    public void Nobody_to_read_is_an_error_and_not_a_wait()
    {
        using var scratch = new ScratchDirectory();
        Fifo.Make(scratch["pipe"], 0x180);
        Assert.Equal(
            Errno.ENXIO,
            Assert.Throws<ErrnoException>(
                () => Fifo.OpenAtOnce(scratch["pipe"], FifoEnd.Write, nonBlocking: false)).Errno);
    }

    [Fact]
    public void A_pipe_can_be_made_to_hold_more()
    {
        using var scratch = new ScratchDirectory();
        Fifo.Make(scratch["pipe"], 0x180);
        using SafeFileHandle pipe = Fifo.OpenAtOnce(scratch["pipe"], FifoEnd.Both, nonBlocking: true);
        Assert.True(Fifo.SetCapacity(pipe, 200_000) >= 200_000);
        Assert.Equal(262144, Fifo.Capacity(pipe));
    }
}
