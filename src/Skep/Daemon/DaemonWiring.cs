using Skep.Transport.Parts;
using System.Security.Cryptography;
using Skep.Agent;
using Skep.Agent.Containerd;
using Skep.Agent.Containers;
using Skep.Agent.Events;
using Skep.Agent.Images;
using Skep.Agent.Network;
using Skep.Agent.Networks;
using Skep.Agent.Oci;
using Skep.Agent.Volumes;
using Skep.Daemon.Options;
using Skep.Engine;
using Skep.Engine.Connections;
using Skep.Swarm;
using Skep.SwarmMode;

namespace Skep.Daemon;

/// <summary>The whole daemon, put together from top to bottom.</summary>
internal static class DaemonWiring
{
    /// <summary>Runs until a signal or a request ends it.</summary>
    public static async Task RunAsync(
        DaemonOptions options, string[] arguments, StopSignals signals, TimeProvider time, Log log)
    {
        CancellationToken stop = signals.Stop;
        var instance = new Instance(options.DataRoot, options.ExecRoot);
        var ids = new IdSource(RandomNumberGenerator.Fill);
        Announcement.Write(options, instance, log);
        DaemonDirectories.Create(instance);
        using RootLock dataLock = RootLock.Take(instance.DataRoot, "data-root");
        using RootLock runLock = RootLock.Take(instance.ExecRoot, "exec-root");
        using PidFile pidFile = PidFile.Write(options.PidFile);
        IReadOnlyList<EngineAddress> addresses = ListenAddresses.Of(options);

        using ContainerdProcess containerd = await ContainerdProcess.StartAsync(
            instance, EngineOptions.Containerd(options), time, log, stop);
        using ContainerdClient client = EngineOptions.Client(containerd, instance, options);
        ContainerOptions containerOptions = EngineOptions.Containers(options.Containers);
        var events = new EventHub(time);
        var volumes = new VolumeEngine(instance, ids, time, events, log);
        await using var path = new DataPath(instance, time, log);
        await using var networks = new NetworkEngine(
            instance, EngineOptions.Networks(options.Network), ids, time, events, path);
        ContainerEngine? users = null;
        using var images = new ImageEngine(
            client, instance, EngineOptions.Registries(options.Registries), ids, time, events.Publish,
            image => [.. users!.UsersOfImage(image).Select(use => new ImageUse(use.Id, use.Name, use.IsRunning))]);
        await using var containers = new ContainerEngine(
            new ContainerParts(instance, client, images, networks, volumes, events, ids, time, log), containerOptions);
        users = containers;
        using var reaching = new SwarmNetworks(path, new SwarmNames(networks.SetNameTable), log);
        using SwarmNode swarm = SwarmWiring.Create(
            options, instance, containerOptions.Kernel, containers, images, networks, reaching, events, ids, time, log);

        var ending = new Ending(instance, options, signals, log);
        var services = new EngineServices
        {
            Instance = instance,
            Options = options,
            Kernel = containerOptions.Kernel,
            Containerd = containerd,
            Events = events,
            Containers = containers,
            Images = images,
            Networks = networks,
            Volumes = volumes,
            Swarm = swarm,
            InitPath = containerOptions.InitPath,
            Ids = ids,
            Time = time,
            Log = log,
            Shutdown = ending.RequestRemoval,
        };
        await TakeOverAsync(services, stop);

        var serving = new Serving(services, addresses, new Reloading(arguments, options, signals, log), ending);
        await Supervise.RunAsync(
            [containerd.RunAsync, containers.RunAsync, swarm.RunAsync, path.RunAsync, b => serving.RunAsync(stop, b)],
            CancellationToken.None);
        await ending.FinishAsync(networks, containerd, CancellationToken.None);
    }

    // What runs is known first: the network keeps the sandboxes of the living, then containers are taken over.
    private static async Task TakeOverAsync(EngineServices services, CancellationToken stop)
    {
        foreach (string problem in await services.Images.StartAsync(stop))
        {
            services.Log.Warn("an image cannot be used", ("reason", problem));
        }

        if (services.Kernel.AppArmor)
        {
            await AppArmorProfile.EnsureLoadedAsync(stop);
        }

        await services.Networks.StartAsync(await services.Containers.LoadAsync(stop), stop);
        await services.Containers.StartAsync(stop);
    }
}
