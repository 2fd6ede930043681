using System.Security.Cryptography;
using Skep.Agent;
using Skep.Agent.Containerd;
using Skep.Agent.Events;
using Skep.Agent.Images;
using Skep.Agent.Volumes;
using Skep.Daemon.Options;
using Skep.Engine;
using Skep.Engine.Connections;
using Skep.Engine.Endpoints;
using Skep.Engine.Routing;
using Skep.Swarm;

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
        ServiceNotice notice = ServiceNotice.FromEnvironment(log);
        Announcement.Write(options, instance, log);

        DaemonDirectories.Create(instance);
        using RootLock dataLock = RootLock.Take(instance.DataRoot, "data-root");
        using RootLock runLock = RootLock.Take(instance.ExecRoot, "exec-root");
        using PidFile pidFile = PidFile.Write(options.PidFile);
        IReadOnlyList<EngineAddress> addresses = ListenAddresses.Of(options);
        ListenAddresses.CreateDirectories(options);

        using ContainerdProcess containerd = await ContainerdProcess.StartAsync(
            instance, EngineOptions.Containerd(options), time, log, stop);
        using var client = new ContainerdClient(containerd.SocketPath, instance.Name)
        {
            Snapshotter = options.Snapshotter,
        };
        var events = new EventHub(time);
        var volumes = new VolumeEngine(instance, ids, time, events, log);
        using var images = new ImageEngine(
            client, instance, EngineOptions.Registries(options.Registries), ids, time, events.Publish, _ => []);
        foreach (string problem in await images.StartAsync(stop))
        {
            log.Warn("an image cannot be used", ("reason", problem));
        }

        var routes = new RouteTable();
        NotYetEndpoints.Add(routes);
        var server = new EngineServer(routes, addresses, ProgramVersion.Text, time, log);
        var reloading = new Reloading(arguments, options, signals, log);

        void Listening()
        {
            notice.Ready();
            log.Info("the daemon serves", ("addresses", string.Join(' ', addresses)));
        }

        await Supervise.RunAsync(
            [containerd.RunAsync, reloading.RunAsync, stop => server.RunAsync(Listening, stop)], stop);
        notice.Stopping();
        if (!options.LiveRestore)
        {
            await containerd.StopAsync(CancellationToken.None);
        }
    }
}
