using System.Text;
using System.Text.Json;
using Skep.Cli;
using Skep.Cli.Client;

namespace Skep.Tests.Cli.Client;

public sealed class StreamFramesTests
{
    [Fact]
    public async Task Frames_part_output_from_errors_however_they_are_cut()
    {
        byte[] stream = [.. Frame(1, "out"), .. Frame(2, "err"), .. Frame(1, "put")];
        var source = new OneByteAtATime(stream);
        var output = new MemoryStream();
        var errors = new MemoryStream();
        await StreamFrames.CopyAsync(source.ReadAsync, output, errors, CancellationToken.None);
        Assert.Equal("output", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal("err", Encoding.UTF8.GetString(errors.ToArray()));
    }

    [Fact]
    public async Task A_stream_that_is_not_framed_is_refused()
    {
        var source = new OneByteAtATime("hello world"u8.ToArray());
        await Assert.ThrowsAsync<CommandFailedException>(() => StreamFrames.CopyAsync(
            source.ReadAsync, Stream.Null, Stream.Null, CancellationToken.None));
    }

    [Fact]
    public async Task JSON_objects_are_found_however_they_are_cut()
    {
        var source = new OneByteAtATime("{\"a\":1}\r\n{\"a\":2} {\"a\":\"}\"}"u8.ToArray());
        var values = new List<string>();
        await foreach (JsonElement value in JsonLines.ReadAsync(source, CancellationToken.None))
        {
            values.Add(value.Member("a").ToString());
        }

        Assert.Equal(["1", "2", "}"], values);
    }

    private static byte[] Frame(byte stream, string text) =>
        [stream, 0, 0, 0, 0, 0, 0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private sealed class OneByteAtATime(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
