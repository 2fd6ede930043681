using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Skep.Benchmarks.Services;

/// <summary>Creates services without tasks, one after the other, over one connection, on the caller's thread.</summary>
/// <remarks>
/// Whoever asks shares the processors with the engine that is measured. The HTTP client of .NET needed 290 µs of
/// processor time for such a request, nearly as much as Skep for the answer; a plain socket needs a fraction of that.
/// </remarks>
internal sealed class EmptyServiceWriter : IDisposable
{
    private const string NameMark = "@name@";
    private const string Head =
        "POST /v1.41/services/create HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\n";

    private const string Created = "HTTP/1.1 201 ";
    private const int AnswerBytesMax = 16 << 10;

    private static readonly string body = ServiceClient.Spec(NameMark, 0).ToJsonString();

    private readonly Socket link = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] answer = new byte[AnswerBytesMax];

    public EmptyServiceWriter(string path) => link.Connect(new UnixDomainSocketEndPoint(path));

    public void Create(string name)
    {
        string named = body.Replace(NameMark, name, StringComparison.Ordinal);
        int length = Encoding.UTF8.GetByteCount(named);
        byte[] request = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{Head}Content-Length: {length}\r\n\r\n{named}"));
        for (int sent = 0; sent < request.Length;)
        {
            sent += link.Send(request.AsSpan(sent));
        }

        string said = ReadAnswer();
        if (!said.StartsWith(Created, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"create of {name}: {said}");
        }
    }

    public void Dispose() => link.Dispose();

    private string ReadAnswer()
    {
        int filled = 0;
        while (true)
        {
            int got = link.Receive(answer.AsSpan(filled));
            if (got == 0)
            {
                throw new IOException("the engine ended the connection, or its answer is too long");
            }

            filled += got;
            string text = Encoding.UTF8.GetString(answer, 0, filled);
            if (IsWhole(text))
            {
                return text;
            }
        }
    }

    /// <summary>The answers are plain ASCII: as many characters as bytes.</summary>
    private static bool IsWhole(string text)
    {
        const string lengthName = "\r\nContent-Length: ";
        int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
        {
            return false;
        }

        int at = text.IndexOf(lengthName, 0, head, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
        }

        int from = at + lengthName.Length;
        int end = text.IndexOf('\r', from);
        return text.Length - head - "\r\n\r\n".Length
            >= int.Parse(text.AsSpan(from, end - from), CultureInfo.InvariantCulture);
    }
}
