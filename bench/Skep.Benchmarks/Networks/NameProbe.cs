using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Skep.Linux.Namespaces;

namespace Skep.Benchmarks.Networks;

/// <summary>Asks the resolver of one container again and again where a name leads.</summary>
/// <param name="space">Path of the container's namespace.</param>
internal sealed class NameProbe(string space, string name) : IDisposable
{
    private const int HeaderBytes = 12, AnswerCountAt = 6, PacketBytes = 512;

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(1), patience = TimeSpan.FromSeconds(30);

    private readonly byte[] question = Question(name);
    private readonly Socket socket = Open(space);

    /// <summary>Waits until the name leads somewhere, or nowhere.</summary>
    /// <returns>When it was seen, as a timestamp.</returns>
    public async Task<long> UntilAsync(bool isLeading)
    {
        long begun = Stopwatch.GetTimestamp();
        var answer = new byte[PacketBytes];
        while (Stopwatch.GetElapsedTime(begun) < patience)
        {
            await socket.SendAsync(question);
            using var late = new CancellationTokenSource(patience, TimeProvider.System);
            int count = await socket.ReceiveAsync(answer, late.Token);
            long seen = Stopwatch.GetTimestamp();
            if (count >= HeaderBytes
                && BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(AnswerCountAt)) > 0 == isLeading)
            {
                return seen;
            }

            await Task.Delay(pause, TimeProvider.System);
        }

        throw new TimeoutException($"the name did not change within {patience.TotalSeconds} s");
    }

    public void Dispose() => socket.Dispose();

    private static Socket Open(string space)
    {
        Socket made = NetworkNamespace.Enter(
            space, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        made.Connect(new IPEndPoint(IPAddress.Parse("127.0.0.11"), 53));
        return made;
    }

    /// <summary>One for an IPv4 address, of a name of one label.</summary>
    private static byte[] Question(string label) =>
    [
        0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, (byte)label.Length, .. Encoding.ASCII.GetBytes(label), 0, 0, 1, 0, 1,
    ];
}
