using Google.Protobuf;
using Skep.Swarm;
using Skep.Transport.Rpc;
using Methods = Skep.Transport.Contracts.SwarmKitMethods.Control;

namespace Skep.Manager.Control;

// What this program cannot do yet, refused with words instead of as an unknown method.
public sealed partial class ControlService
{
    private static void MapNotYet(RpcRoutes routes)
    {
        Refuse(routes, Methods.GetExtension);
        Refuse(routes, Methods.CreateExtension);
        Refuse(routes, Methods.RemoveExtension);
        Refuse(routes, Methods.GetResource);
        Refuse(routes, Methods.UpdateResource);
        Refuse(routes, Methods.ListResources);
        Refuse(routes, Methods.CreateResource);
        Refuse(routes, Methods.RemoveResource);
        Refuse(routes, Methods.CreateVolume);
        Refuse(routes, Methods.GetVolume);
        Refuse(routes, Methods.UpdateVolume);
        Refuse(routes, Methods.ListVolumes);
        Refuse(routes, Methods.RemoveVolume);
    }

    private static void Refuse<TRequest, TResponse>(RpcRoutes routes, RpcMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        string name = method.Path[(method.Path.LastIndexOf('/') + 1)..];
        routes.Unary(method, RpcAccess.Manager, (_, _, _) => throw SwarmRefusal.Of(
            SwarmCode.Unimplemented, $"this Skep manager does not do {name} yet"));
    }
}
