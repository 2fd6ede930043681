using System.Text;
using Skep.Linux.Pipes;

namespace Skep.Tests.Pipes;

public sealed class NamedPipeTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("skep-pipe").FullName;
    private readonly Poller poller = new();

    public void Dispose()
    {
        poller.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_reader_opened_first_waits_for_the_writer_and_sees_the_end_when_it_closes()
    {
        string path = Path.Combine(directory, "a");
        NamedPipe.Create(path);
        using NamedPipe reader = NamedPipe.OpenToRead(poller, path);
        var buffer = new byte[16];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Task<int> first = reader.ReadAsync(buffer, limit.Token).AsTask();
        Assert.False(first.IsCompleted);

        using (var writer = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            writer.Write("hi"u8);
            writer.Flush();
            Assert.Equal(2, await first);
            Assert.Equal("hi", Encoding.UTF8.GetString(buffer, 0, 2));
        }

        Assert.Equal(0, await reader.ReadAsync(buffer, limit.Token));
    }

    [Fact]
    public async Task A_full_pipe_makes_the_writer_wait_and_loses_nothing()
    {
        string path = Path.Combine(directory, "b");
        NamedPipe.Create(path);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using NamedPipe reader = NamedPipe.OpenToRead(poller, path);
        const int total = 300_000;
        Task writing;
        using (NamedPipe writer = NamedPipe.OpenToWrite(poller, path))
        {
            writing = writer.WriteAsync(new byte[total], limit.Token).AsTask();
            Assert.False(writing.IsCompleted);
            int count = 0;
            var buffer = new byte[50_000];
            while (count < total)
            {
                count += await reader.ReadAsync(buffer, limit.Token);
            }

            await writing;
        }

        Assert.Equal(0, await reader.ReadAsync(new byte[1], limit.Token));
    }

    [Fact]
    public async Task Disposing_ends_a_pending_read()
    {
        string path = Path.Combine(directory, "c");
        NamedPipe.Create(path);
        NamedPipe reader = NamedPipe.OpenToRead(poller, path);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Task<int> read = reader.ReadAsync(new byte[1], limit.Token).AsTask();
        reader.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read);
    }
}
