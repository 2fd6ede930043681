using System.Text;
using Skep.Engine.Connections;

namespace Skep.Engine.Requests;

internal sealed partial class EngineRequest
{
    private const string RawStream = "application/vnd.docker.raw-stream";
    private const string MultiplexedStream = "application/vnd.docker.multiplexed-stream";

    /// <summary>What a stream of output is called: a terminal has one, a process without it has several.</summary>
    public string OutputType(bool isTerminal) =>
        !isTerminal && Version.IsAtLeast(1, 42) ? MultiplexedStream : RawStream;

    /// <summary>Takes the connection out of HTTP and tells the client so. The body must have been read.</summary>
    /// <param name="isTerminal">The stream is raw; else output and errors come in Docker's frames.</param>
    public async Task<HijackedStream> HijackAsync(bool isTerminal)
    {
        HijackedStream stream = Connection.TakeOver();
        string head = WantsUpgrade
            ? $"HTTP/1.1 101 UPGRADED\r\nContent-Type: {OutputType(isTerminal)}\r\n"
              + "Connection: Upgrade\r\nUpgrade: tcp\r\n"
            : $"HTTP/1.1 200 OK\r\nContent-Type: {RawStream}\r\n";
        var text = new StringBuilder(head);
        foreach ((string header, Microsoft.Extensions.Primitives.StringValues values) in context.Response.Headers)
        {
            text.Append(header).Append(": ").Append(values.ToString()).Append("\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(text.Append("\r\n").ToString()), Stop);
        return stream;
    }
}
