using System.Text;
using Skep.Agent.Logs;
using Skep.Agent.Streams;

namespace Skep.Tests.Logs;

public sealed class JsonFileLogTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("skep-log").FullName;
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));

    private string LogPath => Path.Combine(directory, "x-json.log");

    public void Dispose()
    {
        limit.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Lines_of_both_streams_come_back_in_order_with_their_times()
    {
        using (JsonFileLog log = Open(new JsonFileOptions()))
        {
            await log.WriteAsync(StreamKind.Stdout, "one\ntw"u8.ToArray(), limit.Token);
            await log.WriteAsync(StreamKind.Stderr, "bad\n"u8.ToArray(), limit.Token);
            await log.WriteAsync(StreamKind.Stdout, "o\nrest"u8.ToArray(), limit.Token);
        }

        Assert.Equal(["O:one\n", "E:bad\n", "O:two\n", "O:rest"], await ReadAsync(All));
        Assert.Equal(["E:bad\n"], await ReadAsync(All with { Stdout = false }));
        Assert.Equal(["O:two\n", "O:rest"], await ReadAsync(All with { Tail = 2 }));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_cut_and_nothing_of_it_is_lost()
    {
        string text = new('x', 40_000);
        using (JsonFileLog log = Open(new JsonFileOptions()))
        {
            await log.WriteAsync(StreamKind.Stdout, Encoding.ASCII.GetBytes(text + "\n"), limit.Token);
        }

        List<string> lines = await ReadAsync(All);
        Assert.Equal(3, lines.Count);
        Assert.Equal(text + "\n", string.Concat(lines.Select(line => line[2..])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rotation_keeps_the_newest_files_and_reads_through_them(bool isCompressed)
    {
        var options = new JsonFileOptions { FileBytesMax = 1000, FileCount = 3, IsCompressed = isCompressed };
        using (JsonFileLog log = Open(options))
        {
            for (int i = 0; i < 100; i++)
            {
                await log.WriteAsync(StreamKind.Stdout, Encoding.ASCII.GetBytes($"line {i:000}\n"), limit.Token);
            }
        }

        Assert.True(Directory.GetFiles(directory).Length <= 3);
        List<string> lines = await ReadAsync(All);
        Assert.Equal("O:line 099\n", lines[^1]);
        int first = int.Parse(lines[0][7..10]);
        Assert.True(first > 0);
        Assert.Equal(Enumerable.Range(first, 100 - first).Select(i => $"O:line {i:000}\n"), lines);
    }

    [Fact]
    public async Task A_follower_sees_what_is_written_across_a_rotation_until_the_log_closes()
    {
        JsonFileLog log = Open(new JsonFileOptions { FileBytesMax = 500, FileCount = 2 });
        Task<List<string>> following = ReadAsync(All with { Follow = true }, log);
        for (int i = 0; i < 30; i++)
        {
            await log.WriteAsync(StreamKind.Stdout, Encoding.ASCII.GetBytes($"{i}\n"), limit.Token);
            await Task.Yield();
        }

        log.Dispose();
        List<string> lines = await following;
        Assert.Equal("O:29\n", lines[^1]);
    }

    [Fact]
    public async Task A_torn_line_of_a_crash_costs_itself_only()
    {
        const string whole = """{"log":"a\n","stream":"stdout","time":"2026-01-01T00:00:00.123456789Z"}""";
        File.WriteAllText(LogPath, whole + "\n{\"lo");
        using (JsonFileLog log = Open(new JsonFileOptions()))
        {
            await log.WriteAsync(StreamKind.Stdout, "b\n"u8.ToArray(), limit.Token);
        }

        Assert.Equal(["O:a\n", "O:b\n"], await ReadAsync(All));
    }

    private static LogQuery All => new(Stdout: true, Stderr: true, Follow: false, null, null, null);

    private JsonFileLog Open(JsonFileOptions options) => new(LogPath, options, TimeProvider.System);

    private async Task<List<string>> ReadAsync(LogQuery query, JsonFileLog? log = null)
    {
        var lines = new List<string>();
        await foreach (LogLine line in LogReader.ReadAsync(LogPath, log, query, limit.Token))
        {
            lines.Add((line.Stream == StreamKind.Stderr ? "E:" : "O:") + Encoding.UTF8.GetString(line.Text));
        }

        return lines;
    }
}
