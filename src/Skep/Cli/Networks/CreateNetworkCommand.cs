using System.CommandLine;
using System.Net;
using System.Text.Json;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Cli.Client;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Networks;

/// <summary>docker network create.</summary>
internal sealed class CreateNetworkCommand(DockerCommand command)
{
    private readonly Option<bool> attachable = command.Flag(Flags.Switch(
        "attachable", null, "Enable manual container attachment"));

    private readonly Option<string[]> auxAddress = command.Flag(Flags.List(
        "aux-address", null, "Auxiliary IPv4 or IPv6 addresses used by Network driver", type: "map"));

    private readonly Option<string> configFrom = command.Flag(Flags.Text(
        "config-from", null, "The network from which to copy the configuration"));

    private readonly Option<bool> configOnly = command.Flag(Flags.Switch(
        "config-only", null, "Create a configuration only network"));

    private readonly Option<string> driver = command.Flag(Flags.Text(
        "driver", 'd', "Driver to manage the Network", "bridge"));

    private readonly Option<string[]> gateway = command.Flag(Flags.List(
        "gateway", null, "IPv4 or IPv6 Gateway for the master subnet", type: "strings"));

    private readonly Option<bool> ingress = command.Flag(Flags.Switch(
        "ingress", null, "Create swarm routing-mesh network"));

    private readonly Option<bool> isInternal = command.Flag(Flags.Switch(
        "internal", null, "Restrict external access to the network"));

    private readonly Option<string[]> ipRange = command.Flag(Flags.List(
        "ip-range", null, "Allocate container ip from a sub-range", type: "strings"));

    private readonly Option<string> ipamDriver = command.Flag(Flags.Text(
        "ipam-driver", null, "IP Address Management Driver", "default"));

    private readonly Option<string[]> ipamOpt = command.Flag(Flags.List(
        "ipam-opt", null, "Set IPAM driver specific options", type: "map"));

    private readonly Option<bool> ipv4 = command.Flag(Flags.Switch(
        "ipv4", null, "Enable or disable IPv4 address assignment", initial: true));

    private readonly Option<bool> ipv6 = command.Flag(Flags.Switch(
        "ipv6", null, "Enable or disable IPv6 address assignment"));

    private readonly Option<string[]> label = command.Flag(Flags.List(
        "label", null, "Set metadata on a network", KeyValues.CheckLabel));

    private readonly Option<string[]> opt = command.Flag(Flags.List(
        "opt", 'o', "Set driver specific options", type: "map"));

    private readonly Option<string> scope = command.Flag(Flags.Text("scope", null, "Control the network's scope"));

    private readonly Option<string[]> subnet = command.Flag(Flags.List(
        "subnet", null, "Subnet in CIDR format that represents a network segment", type: "strings"));

    public static DockerCommand Make()
    {
        var command = new DockerCommand("create", "[OPTIONS] NETWORK", "Create a network")
        {
            Count = WordCount.Exactly(1),
        };
        return command.Does(new CreateNetworkCommand(command).RunAsync);
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        if (call.Has(ipv4) && !call.Get(ipv4))
        {
            throw new CommandFailedException("a network without IPv4 is not supported");
        }

        var request = new CreateNetworkRequest
        {
            Name = call.Words[0],
            CheckDuplicate = true,
            Driver = call.Get(driver),
            Scope = call.Get(scope),
            EnableIPv6 = call.Has(ipv6) ? call.Get(ipv6) : null,
            Ipam = new Ipam
            {
                Driver = call.Get(ipamDriver),
                Options = KeyValues.Map(call.Get(ipamOpt)),
                Config = Subnets(call),
            },
            Internal = call.Get(isInternal),
            Attachable = call.Get(attachable),
            Ingress = call.Get(ingress),
            ConfigOnly = call.Get(configOnly),
            ConfigFrom = call.Get(configFrom) is { Length: > 0 } from ? new ConfigReference { Network = from } : null,
            Options = KeyValues.Map(call.Get(opt)),
            Labels = KeyValues.Map(call.Get(label)),
        };
        JsonElement created = await call.Engine.PostAsync(
            "/networks/create", request, EngineJson.Default.CreateNetworkRequest, stop);
        if (created.Text("Warning") is { Length: > 0 } warning)
        {
            call.Console.WriteErrorLine($"WARNING: {warning}");
        }

        call.Console.WriteLine(created.Text("Id"));
        return 0;
    }

    // Ranges, gateways and reserved addresses find the subnet that holds them.
    private List<IpamConfig> Subnets(Invocation call)
    {
        string[] subnets = Commas(call.Get(subnet));
        string[] ranges = Commas(call.Get(ipRange));
        string[] gateways = Commas(call.Get(gateway));
        if (subnets.Length < ranges.Length || subnets.Length < gateways.Length)
        {
            throw new CommandFailedException("every ip-range or gateway must have a corresponding subnet");
        }

        var configs = new List<IpamConfig>();
        foreach (string text in subnets)
        {
            if (configs.Any(other => Contains(other.Subnet!, text) || Contains(text, other.Subnet!)))
            {
                throw new CommandFailedException("multiple overlapping subnet configuration is not supported");
            }

            configs.Add(new IpamConfig { Subnet = text });
        }

        foreach (string range in ranges)
        {
            int at = Find(configs, range, "range");
            configs[at] = configs[at].IPRange is null ? configs[at] with { IPRange = range }
                : throw new CommandFailedException("cannot configure multiple ranges "
                    + $"({range}, {configs[at].IPRange}) on the same subnet ({configs[at].Subnet})");
        }

        foreach (string address in gateways)
        {
            int at = Find(configs, address, "gateway");
            configs[at] = configs[at].Gateway is null ? configs[at] with { Gateway = address }
                : throw new CommandFailedException("cannot configure multiple gateways "
                    + $"({address}, {configs[at].Gateway}) for the same subnet ({configs[at].Subnet})");
        }

        foreach ((string name, string address) in KeyValues.Map(call.Get(auxAddress)))
        {
            int at = Find(configs, address, "aux-address");
            configs[at] = configs[at] with
            {
                AuxiliaryAddresses = new Dictionary<string, string>(
                    configs[at].AuxiliaryAddresses ?? new Dictionary<string, string>())
                {
                    [name] = address,
                },
            };
        }

        return configs;
    }

    private static int Find(List<IpamConfig> configs, string address, string what)
    {
        int at = configs.FindIndex(config => Contains(config.Subnet!, address));
        return at >= 0 ? at : throw new CommandFailedException($"no matching subnet for {what} {address}");
    }

    private static bool Contains(string subnet, string address)
    {
        int slash = subnet.IndexOf('/');
        bool isSubnet = slash > 0 && IPAddress.TryParse(subnet.AsSpan(0, slash), out IPAddress? start)
            && int.TryParse(subnet.AsSpan(slash + 1), out int bits) && bits >= 0
            && bits <= start.GetAddressBytes().Length * 8;
        if (!isSubnet)
        {
            throw new CommandFailedException($"invalid subnet: invalid CIDR address: {subnet}");
        }

        byte[] network = IPAddress.Parse(subnet[..slash]).GetAddressBytes();
        int prefix = int.Parse(subnet.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture);
        if (!IPAddress.TryParse(address.Split('/')[0], out IPAddress? wanted))
        {
            throw new CommandFailedException($"invalid CIDR address: {address}");
        }

        byte[] bytes = wanted.GetAddressBytes();
        return bytes.Length == network.Length && Enumerable.Range(0, prefix)
            .All(bit => ((bytes[bit / 8] ^ network[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }

    private static string[] Commas(string[] values) => [.. values.SelectMany(CsvFields.Split)];
}
