using System.Net.Sockets;

namespace Skep.Benchmarks;

/// <summary>HTTP to one engine, straight over its unix socket.</summary>
internal static class EngineSocket
{
    public static HttpClient Open(string path, TimeSpan timeout) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stop) =>
        {
            var link = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await link.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new NetworkStream(link, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://engine/v1.41/"),
        Timeout = timeout,
    };
}
