using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>docker swarm init.</summary>
internal sealed class InitCommand(DockerCommand command)
{
    private readonly SwarmFlags swarm = new(
        command, "Enable manager autolocking (requiring an unlock key to start a stopped manager)");

    private readonly Option<string> advertiseAddr = command.Flag(Flags.Text(
        "advertise-addr", null, "Advertised address (format: \"<ip|interface>[:port]\")"));

    private readonly Option<string> availability = command.Flag(Flags.Text(
        "availability", null, "Availability of the node (\"active\", \"pause\", \"drain\")", "active"));

    private readonly Option<string> dataPathAddr = command.Flag(Flags.Text("data-path-addr", null,
        "Address or interface to use for data path traffic (format: \"<ip|interface>\")"));

    private readonly Option<long> dataPathPort = command.Flag(Flags.Number("data-path-port", null,
        "Port number to use for data path traffic (1024 - 49151). If no value is set or is set to 0, "
        + "the default port (4789) is used.", type: "uint32"));

    private readonly Option<string[]> defaultAddrPool = command.Flag(Flags.List(
        "default-addr-pool", null, "default address pool in CIDR format (default [])", CheckPools, "ipNetSlice"));

    private readonly Option<long> defaultAddrPoolMaskLength = command.Flag(Flags.Number(
        "default-addr-pool-mask-length", null, "default address pool subnet mask length", 24, "uint32"));

    private readonly Option<bool> forceNewCluster = command.Flag(Flags.Switch(
        "force-new-cluster", null, "Force create a new cluster from current state"));

    private readonly Option<string> listenAddr = command.Flag(ListenAddr());

    public static DockerCommand Make()
    {
        var command = new DockerCommand("init", "[OPTIONS]", "Initialize a swarm");
        var init = new InitCommand(command);
        return command.Does(init.RunAsync);
    }

    public static Option<string> ListenAddr()
    {
        Option<string> option = Flags.Make("listen-addr", null, "node-addr",
            "Listen address (format: \"<ip|interface>[:port]\")", NodeAddress.Parse);
        option.DefaultValueFactory = _ => NodeAddress.Default;
        return option;
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        var request = new SwarmInitRequest
        {
            ListenAddr = call.Get(listenAddr),
            AdvertiseAddr = call.Get(advertiseAddr),
            DataPathAddr = call.Get(dataPathAddr),
            DataPathPort = (uint)call.Get(dataPathPort),
            DefaultAddrPool = [.. call.Get(defaultAddrPool).SelectMany(pools => pools.Split(','))],
            ForceNewCluster = call.Get(forceNewCluster),
            Spec = swarm.Apply(call, new SwarmSpec(), trustRoot: ""),
            AutoLockManagers = call.Get(swarm.Autolock),
            SubnetSize = (uint)call.Get(defaultAddrPoolMaskLength),
            Availability = SwarmApi.Availability(call, availability),
        };
        string nodeId = await PostAsync(call, request, stop);
        call.Console.Write($"Swarm initialized: current node ({nodeId}) is now a manager.\n\n");
        await SwarmApi.ShowJoinCommandAsync(call, nodeId, "worker", stop);
        call.Console.WriteLine($"To add a manager to this swarm, run '{call.Program} swarm join-token manager' "
            + "and follow the instructions.");
        if (request.AutoLockManagers)
        {
            SwarmApi.ShowUnlockCommand(call, await SwarmApi.UnlockKeyAsync(call, stop));
        }

        return 0;
    }

    private static async Task<string> PostAsync(Invocation call, SwarmInitRequest request, CancellationToken stop)
    {
        try
        {
            JsonElement id = await call.Engine.PostAsync(
                "/swarm/init", request, EngineJson.Default.SwarmInitRequest, stop);
            return id.ValueKind == JsonValueKind.String ? id.GetString()! : "";
        }
        catch (CommandFailedException refused) when (
            refused.Message.Contains("could not choose an IP address to advertise", StringComparison.Ordinal)
            || refused.Message.Contains("could not find the system's IP address", StringComparison.Ordinal))
        {
            throw new CommandFailedException(refused.Message + " - specify one with --advertise-addr");
        }
    }

    // Each flag may hold several ranges; a range is kept without the bits behind its mask, as Go prints it.
    private static string CheckPools(string text) => string.Join(',', CsvFields.Split(text.Replace("\"", "")
        .Replace("'", "").Replace("`", "")).Select(pool => Masked(pool.Trim())));

    private static string Masked(string pool)
    {
        int slash = pool.IndexOf('/');
        if (slash < 0 || !IPAddress.TryParse(pool[..slash], out IPAddress? address)
            || !int.TryParse(pool[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > address.GetAddressBytes().Length * 8)
        {
            throw new FormatException($"invalid string being converted to CIDR: {pool}");
        }

        byte[] bytes = address.GetAddressBytes();
        for (int bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return $"{new IPAddress(bytes)}/{length}";
    }
}
