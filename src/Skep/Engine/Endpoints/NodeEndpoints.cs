using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using ApiNodeSpec = Skep.Docker.Engine.NodeSpec;

namespace Skep.Engine.Endpoints;

/// <summary>/nodes.</summary>
internal sealed class NodeEndpoints(EngineServices services)
{
    public void Add(RouteTable routes)
    {
        routes.Get("/nodes", ListAsync);
        routes.Post("/nodes/{name}/update", UpdateAsync);
        routes.Get("/nodes/{name}", InspectAsync);
        routes.Delete("/nodes/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        // A node that is no manager says so before it looks at the filters, as Docker does.
        IReadOnlyList<NodeInspect> nodes = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
        {
            ObjectQuery query = ObjectFilters.Nodes(request.Filters());
            return (await control.ListNodesAsync(query, stop)).Select(NodeView.Of).ToList();
        });
        await request.AnswerJsonAsync(nodes, EngineJson.Default.IReadOnlyListNodeInspect);
    }

    private async Task InspectAsync(EngineRequest request)
    {
        NodeInspect found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
            NodeView.Of(await ObjectLookup.NodeAsync(control, request.Name, stop)));
        await request.AnswerJsonAsync(found, EngineJson.Default.NodeInspect);
    }

    private async Task UpdateAsync(EngineRequest request)
    {
        ApiNodeSpec asked = await request.ReadJsonAsync(EngineJson.Default.NodeSpec);
        ObjectVersion version = SwarmRequests.Version(request, "invalid node version {0}");
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Node node = await ObjectLookup.NodeAsync(control, request.Name, stop);
            await control.UpdateNodeAsync(node.Id, version, NodeView.ToSpec(asked, node.Spec), stop);
        });
        await request.AnswerAsync(200);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Node node = await ObjectLookup.NodeAsync(control, request.Name, stop);
            await control.RemoveNodeAsync(node.Id, request.Flag("force"), stop);
        });
        await request.AnswerAsync(200);
    }
}
