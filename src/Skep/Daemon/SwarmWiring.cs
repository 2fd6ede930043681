using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Skep.Agent;
using Skep.Agent.Containers;
using Skep.Agent.Events;
using Skep.Agent.Images;
using Skep.Agent.Network;
using Skep.Agent.Networks;
using Skep.Agent.Secrets;
using Skep.Agent.Tasks;
using Skep.Daemon.Options;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.Swarm;
using Skep.Docker.Validation;
using Skep.Engine.Machine;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.SwarmMode;
using GenericResource = Skep.Swarm.Objects.GenericResource;
using NodeDescription = Skep.Swarm.Objects.NodeDescription;
using Resources = Skep.Swarm.Objects.Resources;

namespace Skep.Daemon;

/// <summary>Makes the swarm's node out of what the daemon has.</summary>
internal static class SwarmWiring
{
    private const long CpuNanos = 1_000_000_000;

    private static readonly string ArchitectureName = MachineFacts.Read().Architecture;

    public static SwarmNode Create(
        DaemonOptions options, Instance instance, KernelFacts kernel, ContainerEngine containers, ImageEngine images,
        NetworkEngine networks, SwarmNetworks reaching, EventHub events, IdSource ids, TimeProvider time, Log log)
    {
        Func<SwarmTask, int?> findProcess =
            task => containers.FindStand(TaskNames.Of(task))?.State.Pid is { } pid and > 0 ? pid : null;
        var listening = new ListenGate(findProcess, time, log);
        var draining = new Draining(reaching, findProcess, time, log);
        var dependencies = new Dependencies();
        var files = new SecretFiles(Path.Combine(instance.ExecRoot, "secrets"), dependencies);
        var attachments = new SwarmAttachments(time, log)
        {
            IsOn = networks.IsOn,
            Disconnect = (container, network, stop) =>
                containers.DisconnectAsync(container, network, force: true, stop),
        };
        containers.Attachments = attachments;
        return new SwarmNode(new SwarmParts
        {
            DataRoot = instance.DataRoot,
            ExecRoot = instance.ExecRoot,
            Disk = new LinuxDisk(),
            Addresses = () => new AddressChoice(
                SystemAddresses.List(), ContainerNetworks(networks), options.Swarm.AdvertiseAddress),
            Describe = () => Describe(options, kernel),
            Tasks = new NodeTasks(
                new TaskContainers(new TaskContainerParts
                {
                    Containers = containers,
                    Images = images,
                    Networks = networks,
                    Files = files,
                    Node = NameOfMachine,
                    BeforeCalls = listening.WaitAsync,
                    BeforeStop = draining.RunAsync,

                    // Docker's own switch for nodes that no registry can be reached from.
                    PrefersLocalImages =
                        Environment.GetEnvironmentVariable("DOCKER_SERVICE_PREFER_OFFLINE_IMAGE") == "1",
                    Log = log,
                }),
                attachments),
            Attachments = attachments,
            Networks = reaching,
            OwnRanges = () => OwnRanges.Read(EngineOptions.Networks(options.Network).ResolvConfPath),
            Dependencies = dependencies,
            OnChange = change => Publish(events, change),
            Ids = ids,
            Time = time,
            Log = log,
        });
    }

    /// <summary>Tells those who listen to events what happened in the store.</summary>
    public static void Publish(EventHub events, StoreChange change)
    {
        if (SwarmEvent.Of(change) is { } happened)
        {
            events.PublishSwarm(
                happened.Type, happened.Action, happened.Id, happened.Attributes,
                happened.At is { } at ? (at.Seconds * CpuNanos) + at.Nanos : null);
        }
    }

    /// <summary>What the node reports of its machine to its managers.</summary>
    public static NodeDescription Describe(DaemonOptions options, KernelFacts kernel)
    {
        MachineFacts machine = MachineFacts.Read();
        return new NodeDescription
        {
            Hostname = MachineFacts.HostName,
            Platform = new Platform { Architecture = machine.Architecture, OS = "linux" },
            Resources = new Resources
            {
                NanoCpus = kernel.CpuCount * CpuNanos,
                MemoryBytes = machine.MemoryBytes,
                Generic = [.. options.Swarm.GenericResources.Select(Generic)],
            },
            Engine = new EngineDescription
            {
                EngineVersion = ProgramVersion.Text,
                Labels = ValueMap.From(options.Labels.Select(Label)),
                Plugins = [.. Plugins()],
            },
        };
    }

    // What templates may ask of it, and no more: it is made for every task.
    private static NodeDescription NameOfMachine() => new()
    {
        Hostname = MachineFacts.HostName,
        Platform = new Platform { Architecture = ArchitectureName, OS = "linux" },
    };

    // "gpu=GPU-1234" names one piece, "ssd=3" counts them.
    private static GenericResource Generic(string text)
    {
        KeyValuePair<string, string> pair = Label(text);
        return long.TryParse(pair.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? new Skep.Swarm.Objects.DiscreteGenericResource { Kind = pair.Key, Value = count }
            : new Skep.Swarm.Objects.NamedGenericResource { Kind = pair.Key, Value = pair.Value };
    }

    private static KeyValuePair<string, string> Label(string text)
    {
        int equals = text.IndexOf('=');
        return equals < 0
            ? KeyValuePair.Create(text, "")
            : KeyValuePair.Create(text[..equals], text[(equals + 1)..]);
    }

    // In the order in which Docker reports them: by type, then by name.
    private static IEnumerable<PluginDescription> Plugins()
    {
        InfoPlugins plugins = SystemReports.Plugins;
        return plugins.Log.Select(name => new PluginDescription { Type = "Log", Name = name })
            .Concat(plugins.Network.Select(name => new PluginDescription { Type = "Network", Name = name }))
            .Concat(plugins.Volume.Select(name => new PluginDescription { Type = "Volume", Name = name }));
    }

    private static ImmutableArray<IPNetwork> ContainerNetworks(NetworkEngine networks) =>
    [
        .. networks.List(Filters.None)
            .SelectMany(network => network.Ipam.Config ?? [])
            .Where(range => range.Subnet is not null)
            .Select(range => IPNetwork.Parse(range.Subnet!)),
    ];
}
