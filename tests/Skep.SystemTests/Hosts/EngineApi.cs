using System.Net.Sockets;
using System.Text.Json;

namespace Skep.SystemTests.Hosts;

/// <summary>A host's engine by its API, for what is asked too often to start a program each time.</summary>
internal static class EngineApi
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    /// <summary>A client of the engine of a host, also of one that starts later.</summary>
    public static HttpClient Api(this TestHost host) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stop) =>
        {
            var link = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await link.ConnectAsync(new UnixDomainSocketEndPoint(host.Socket), stop);
            return new NetworkStream(link, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://engine/v1.41/"),
        Timeout = patience,
    };

    /// <summary>What is listed at a path.</summary>
    public static async Task<JsonElement> ListAsync(this HttpClient api, string path)
    {
        using JsonDocument list = JsonDocument.Parse(await api.GetStringAsync(path));
        return list.RootElement.Clone();
    }
}
