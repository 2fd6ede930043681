using System.Collections.Immutable;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networking;

// From one store to another.
public sealed partial class NetworkPicture
{
    /// <summary>A picture that is being made. For one thread, once.</summary>
    private sealed class Builder
    {
        // Slices are compared by reference: by value it would be a walk through a whole network.
        private static readonly ImmutableDictionary<NetworkId, NetworkSlice> NoSlices =
            ImmutableDictionary<NetworkId, NetworkSlice>.Empty.WithComparers(null, ReferenceEqualityComparer.Instance);

        // Marks the nodes of the maps that are ours alone to change.
        private readonly object owner = new();
        private readonly HashSet<NetworkId> touched = [];
        private readonly List<PublishedPortFacts> newPorts = [];

        public Builder(StoreSnapshot store)
        {
            Store = store;
            Slices = NoSlices.ToBuilder();
            Places = ImmutableDictionary.CreateBuilder<NodeId, ImmutableHashSet<NetworkId>>();
            Ports = ImmutableDictionary.CreateBuilder<(PortProtocol Protocol, uint Port), PublishedPortFacts>();
            Peers = ImmutableDictionary.CreateBuilder<NodeId, PeerFacts>();
            Ingress = ImmutableHashSet<NetworkId>.Empty;
        }

        public Builder(NetworkPicture before, StoreSnapshot store)
        {
            Store = store;
            Slices = before.slices.ToBuilder();
            Places = before.places.ToBuilder();
            Ports = before.ports.ToBuilder();
            Peers = before.peers.ToBuilder();
            Ingress = before.ingress;
        }

        public StoreSnapshot Store { get; }

        public ImmutableDictionary<NetworkId, NetworkSlice>.Builder Slices { get; }

        public ImmutableDictionary<NodeId, ImmutableHashSet<NetworkId>>.Builder Places { get; }

        public ImmutableDictionary<(PortProtocol Protocol, uint Port), PublishedPortFacts>.Builder Ports { get; }

        public ImmutableDictionary<NodeId, PeerFacts>.Builder Peers { get; }

        public ImmutableHashSet<NetworkId> Ingress { get; private set; }

        public void Network(Difference<SwarmNetwork> change)
        {
            NetworkId id = (change.After ?? change.Before)!.Id;
            NetworkFacts? facts = NetworkReading.Network(change.After);
            Ingress = facts is { IsIngress: true } ? Ingress.Add(id) : Ingress.Remove(id);
            bool isTold = Slices.GetValueOrDefault(id, NetworkSlice.Empty).Facts is not null;
            Set(id, slice => slice.Facts == facts ? slice
                : facts is null ? slice with { Facts = null, Services = default }
                : slice with { Facts = facts });
            if (change.After is { } network && facts is not null && !isTold)
            {
                AddServices(network);
            }
        }

        public void Service(Difference<Service> change, StoreSnapshot before)
        {
            List<ServiceFacts> now = [.. NetworkReading.Places(Store, change.After)];
            foreach (ServiceFacts place in NetworkReading.Places(before, change.Before))
            {
                if (!now.Exists(one => one.Network == place.Network))
                {
                    Set(place.Network, slice => slice.WithoutService(place.Id, owner));
                }
            }

            now.ForEach(place => Set(place.Network, slice => slice.With(place, owner)));

            // A port may go from one service to another in one step: first all of them let go.
            List<PublishedPortFacts> ports = [.. NetworkReading.Ports(change.After)];
            foreach (PublishedPortFacts port in NetworkReading.Ports(change.Before))
            {
                if (Ports.TryGetValue((port.Protocol, port.PublishedPort), out PublishedPortFacts? held)
                    && held.Service == port.Service && !ports.Contains(held))
                {
                    Ports.Remove((port.Protocol, port.PublishedPort));
                }
            }

            newPorts.AddRange(ports);
            if (TaskWeight.MayDiffer(change.Before, change.After))
            {
                Weigh(Store.TasksOf((change.After ?? change.Before)!.Id));
            }
        }

        public void Task(Difference<SwarmTask> change)
        {
            List<EndpointFacts> now = [.. EndpointsOf(change.After)];
            foreach (EndpointFacts endpoint in NetworkReading.Endpoints(change.Before, TaskWeight.Full))
            {
                if (!now.Exists(one => one.Network == endpoint.Network))
                {
                    Set(endpoint.Network, slice => slice.WithoutEndpoint(endpoint.Task, owner));
                }
            }

            now.ForEach(endpoint => Set(endpoint.Network, slice => slice.With(endpoint, owner)));
        }

        /// <summary>A node that weighs something else does so with all of its tasks.</summary>
        public void Node(Difference<Node> change)
        {
            if (TaskWeight.OfNode(change.Before) != TaskWeight.OfNode(change.After))
            {
                Weigh(Store.TasksOn((change.After ?? change.Before)!.Id));
            }
        }

        public void Peer(Difference<Resource> change)
        {
            if (change.Before is { } gone)
            {
                Peers.Remove(PeerRecord.NodeOf(gone));
            }

            if (change.After is { } resource && PeerRecord.Read(resource) is { } peer)
            {
                NodeId node = PeerRecord.NodeOf(resource);
                Peers[node] = peer.ToFacts(node);
            }
        }

        /// <summary>Draws what follows from the rest.</summary>
        public void Finish(NetworkPicture before)
        {
            foreach (PublishedPortFacts port in newPorts)
            {
                Ports[(port.Protocol, port.PublishedPort)] = port;
            }

            foreach (NetworkId id in touched)
            {
                ImmutableDictionary<NodeId, int> was =
                    before.slices.GetValueOrDefault(id, NetworkSlice.Empty).Nodes;
                ImmutableDictionary<NodeId, int> now = Slices.GetValueOrDefault(id, NetworkSlice.Empty).Nodes;
                if (ReferenceEquals(was, now))
                {
                    continue;
                }

                foreach (NodeId node in was.Keys.Where(node => !now.ContainsKey(node)))
                {
                    Places[node] = Places[node].Remove(id);
                    if (Places[node].IsEmpty)
                    {
                        Places.Remove(node);
                    }
                }

                foreach (NodeId node in now.Keys.Where(node => !was.ContainsKey(node)))
                {
                    Places[node] = Places.GetValueOrDefault(node, ImmutableHashSet<NetworkId>.Empty).Add(id);
                }
            }
        }

        private IEnumerable<EndpointFacts> EndpointsOf(SwarmTask? task) =>
            NetworkReading.Endpoints(task, task is null ? TaskWeight.Full : TaskWeight.Of(Store, task));

        private void Weigh(IEnumerable<SwarmTask> tasks)
        {
            foreach (EndpointFacts endpoint in tasks.SelectMany(EndpointsOf))
            {
                Set(endpoint.Network, slice => slice.With(endpoint, owner));
            }
        }

        // A service may be there before its network has been allocated.
        private void AddServices(SwarmNetwork network)
        {
            IEnumerable<Service> waiting = Store.ServicesOnNetwork(network.Id.Value)
                .Concat(Store.ServicesOnNetwork(network.Spec.Annotations.Name));
            foreach (ServiceFacts place in waiting.SelectMany(one => NetworkReading.Places(Store, one)))
            {
                if (place.Network == network.Id)
                {
                    Set(place.Network, slice => slice.With(place, owner));
                }
            }
        }

        private void Set(NetworkId id, Func<NetworkSlice, NetworkSlice> change)
        {
            NetworkSlice before = Slices.GetValueOrDefault(id, NetworkSlice.Empty);
            NetworkSlice after = change(before);
            if (ReferenceEquals(before, after))
            {
                return;
            }

            touched.Add(id);
            if (after.IsBare)
            {
                Slices.Remove(id);
            }
            else
            {
                Slices[id] = after;
            }
        }
    }
}
