using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Manager.Control;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.SwarmMode;

namespace Skep.Engine.Endpoints;

/// <summary>/swarm: making, joining and leaving a swarm, and what holds for it as a whole.</summary>
internal sealed class SwarmEndpoints(EngineServices services)
{
    public void Add(RouteTable routes)
    {
        routes.Get("/swarm", InspectAsync);
        routes.Get("/swarm/unlockkey", UnlockKeyAsync);
        routes.Post("/swarm/init", InitAsync);
        routes.Post("/swarm/join", JoinAsync);
        routes.Post("/swarm/leave", LeaveAsync);
        routes.Post("/swarm/unlock", UnlockAsync);
        routes.Post("/swarm/update", UpdateAsync);
    }

    private async Task InspectAsync(EngineRequest request)
    {
        Cluster cluster = await SwarmRequests.AskAsync(
            services, request, (control, stop) => SwarmRequests.ClusterAsync(control, stop));
        await request.AnswerJsonAsync(SwarmView.Of(cluster), EngineJson.Default.SwarmInspect);
    }

    private async Task InitAsync(EngineRequest request)
    {
        SwarmInitRequest asked = await request.ReadJsonAsync(EngineJson.Default.SwarmInitRequest);
        SwarmSpecs.CheckName(asked.Spec);
        bool knowsPools = request.Version.IsAtLeast(1, 39);
        string nodeId = await services.Swarm.InitAsync(
            new InitOptions
            {
                ListenAddress = asked.ListenAddr,
                AdvertiseAddress = asked.AdvertiseAddr,
                DataPathAddress = asked.DataPathAddr,
                DataPathPort = request.Version.IsAtLeast(1, 40) ? asked.DataPathPort : 0,
                ForceNewCluster = asked.ForceNewCluster,
                AutoLockManagers = asked.AutoLockManagers,
                DefaultAddressPools = knowsPools ? asked.DefaultAddrPool ?? [] : [],
                SubnetSize = knowsPools ? asked.SubnetSize : 0,
                Availability = asked.Availability,
            },
            request.Stop);
        await SwarmRequests.TellAsync(
            services, request, (control, stop) => FirstSettings.ApplyAsync(control, asked.Spec, stop));
        await request.AnswerJsonAsync(nodeId, EngineJson.Default.String);
    }

    private async Task JoinAsync(EngineRequest request)
    {
        SwarmJoinRequest asked = await request.ReadJsonAsync(EngineJson.Default.SwarmJoinRequest);
        await services.Swarm.JoinAsync(
            new JoinOptions
            {
                ListenAddress = asked.ListenAddr,
                AdvertiseAddress = asked.AdvertiseAddr,
                DataPathAddress = asked.DataPathAddr,
                RemoteAddresses = asked.RemoteAddrs ?? [],
                JoinToken = asked.JoinToken,
                Availability = asked.Availability,
            },
            request.Stop);
        await request.AnswerAsync(200);
    }

    private async Task LeaveAsync(EngineRequest request)
    {
        await services.Swarm.LeaveAsync(request.Flag("force"), request.Stop);
        await request.AnswerAsync(200);
    }

    private async Task UpdateAsync(EngineRequest request)
    {
        SwarmSpec asked = await request.ReadJsonAsync(EngineJson.Default.SwarmSpec);
        ObjectVersion version = SwarmRequests.Version(request, "invalid swarm version {0}");
        var rotation = new KeyRotation(
            SwarmRequests.Claim(request, "rotateWorkerToken"),
            SwarmRequests.Claim(request, "rotateManagerToken"),
            SwarmRequests.Claim(request, "rotateManagerUnlockKey"));
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Cluster cluster = await SwarmRequests.ClusterAsync(control, stop);
            await control.UpdateClusterAsync(cluster.Id, version, SwarmSpecs.ToSpec(asked), rotation, stop);
        });
        await request.AnswerAsync(200);
    }

    private async Task UnlockAsync(EngineRequest request)
    {
        SwarmUnlock asked = await request.ReadJsonAsync(EngineJson.Default.SwarmUnlock);
        await services.Swarm.UnlockAsync(asked.UnlockKey, request.Stop);
        await request.AnswerAsync(200);
    }

    private async Task UnlockKeyAsync(EngineRequest request)
    {
        string key = await SwarmRequests.AskAsync(
            services, request, (_, stop) => services.Swarm.UnlockKeyAsync(stop));
        await request.AnswerJsonAsync(new SwarmUnlock { UnlockKey = key }, EngineJson.Default.SwarmUnlock);
    }
}
