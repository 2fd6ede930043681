using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;
using NetworkDigest = Skep.Transport.Contracts.NetworkDigest;
using static Skep.Tests.Networking.NetworkObjects;

namespace Skep.Tests.Networking;

public class NetworkPictureTests
{
    private static readonly SwarmNetwork Front = Overlay("front", 4097), Back = Overlay("back", 4098);
    private static readonly SwarmNetwork Ingress = Overlay("ingress", 4096, isIngress: true);

    [Fact]
    public void A_node_is_told_of_the_networks_of_its_tasks_and_of_the_ingress_network()
    {
        StoreSnapshot store = Stores.With(
            Front, Back, Ingress, Service("s", ["front"], port: 8080),
            Task("t1", "s", "a", TaskState.Running, TaskState.Running, Front, Ingress),
            Task("t2", "s", "b", TaskState.Running, TaskState.Running, Front, Ingress),
            Task("t3", "s", "b", TaskState.Running, TaskState.Running, Back));
        NetworkState view = NetworkPicture.Of(store).ViewOf(new("a"));
        Assert.Equal(["front", "ingress"], view.Networks.Keys.Select(id => id.Value).Order());
        Assert.Equal(
            ["front t1", "front t2", "ingress t1", "ingress t2"],
            view.Endpoints.Keys.Select(key => $"{key.Network} {key.Task}").Order());
        Assert.Equal(["10.0.1.2"], view.Services[(new("front"), new("s"))].VirtualAddresses);
        Assert.Equal(80u, view.Ports[(PortProtocol.Tcp, 8080)].TargetPort);
        NetworkFacts front = view.Networks[new("front")];
        Assert.Equal((4097u, "10.0.1.1"), (front.Vni, front.Subnets[0].Gateway));
        Assert.Equal(["ingress"], NetworkPicture.Of(store).ViewOf(new("c")).Networks.Keys.Select(id => id.Value));
    }

    [Theory]
    [InlineData(TaskState.Assigned, TaskState.Running, true, false)]
    [InlineData(TaskState.Starting, TaskState.Running, true, false)]
    [InlineData(TaskState.Running, TaskState.Running, true, true)]
    [InlineData(TaskState.Running, TaskState.Shutdown, true, false)]
    [InlineData(TaskState.Running, TaskState.Remove, true, false)]
    [InlineData(TaskState.Shutdown, TaskState.Shutdown, false, false)]
    [InlineData(TaskState.Failed, TaskState.Running, false, false)]
    public void A_task_serves_while_it_runs_and_shall_go_on_and_is_reachable_until_it_has_ended(
        TaskState state, TaskState desired, bool isThere, bool isServing)
    {
        NetworkPicture picture = NetworkPicture.Of(Stores.With(Front, Task("t", "s", "a", state, desired, Front)));
        EndpointFacts? found = picture.Endpoint(new("front"), new("t"));
        Assert.Equal((isThere, isServing), (found is not null, found?.IsServing ?? false));
    }

    [Fact]
    public void A_task_that_is_ill_serves_no_more_and_stays_reachable()
    {
        SwarmTask ill = Task("t", "s", "a", TaskState.Running, TaskState.Running, Front);
        ill = ill with { Status = ill.Status with { Err = TaskTraffic.Ill } };
        EndpointFacts? found = NetworkPicture.Of(Stores.With(Front, ill)).Endpoint(new("front"), new("t"));
        Assert.False(found!.IsServing);
    }

    [Fact]
    public void A_task_weighs_what_its_node_says_and_of_it_what_its_service_gives_its_newest_version()
    {
        Service service = Service("s", ["front"]) with { SpecVersion = new(2) };
        StoreSnapshot store = Stores.With(
            Front, service, Stores.Worker("a"), Stores.Worker("b"),
            Task("t1", "s", "a", TaskState.Running, TaskState.Running, Front) with { SpecVersion = new(1) },
            Task("t2", "s", "b", TaskState.Running, TaskState.Running, Front) with { SpecVersion = new(2) });
        NetworkPicture picture = NetworkPicture.Of(store);
        Assert.Equal([100, 100], Weights());
        Change(write => Label(write, "b", "30"));
        Assert.Equal([100, 30], Weights());
        Change(write => write.Update(LabelledService(write, "s", "skep.weight.new", "10")));
        Assert.Equal([100, 3], Weights());

        // What is taken back is what was on trial.
        Change(write => write.Update(write.Services.Get(new("s"))! with
        {
            UpdateStatus = new() { State = UpdateState.RollbackStarted },
        }));
        Assert.Equal([10, 30], Weights());
        Change(write => write.Update(LabelledService(write, "s", "other", "")));
        Change(write => Label(write, "b", "much"));
        Assert.Equal([100, 100], Weights());

        void Change(Action<Transaction> change) => picture = picture.Advance(store = store.Change(change));
        int[] Weights() =>
            [.. new[] { "t1", "t2" }.Select(task => picture.Endpoint(new("front"), new(task))!.Weight)];
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    public void A_network_is_encrypted_if_the_option_does_not_say_no(string option, bool isEncrypted)
    {
        SwarmNetwork network = Front with
        {
            Spec = Front.Spec with
            {
                DriverConfig = new Driver { Options = ValueMap.From([KeyValuePair.Create("encrypted", option)]) },
            },
        };
        NetworkState view = NetworkPicture.Of(
            Stores.With(network, Task("t", "s", "a", TaskState.Running, TaskState.Running, network))).ViewOf(new("a"));
        Assert.Equal(isEncrypted, view.Networks[new("front")].IsEncrypted);
    }

    [Fact]
    public void A_service_that_was_there_before_its_network_was_allocated_has_its_place_all_the_same()
    {
        StoreSnapshot store = Stores.With(
            Overlay("front", 0), Service("s", ["front"], address: null),
            Task("t", "s", "a", TaskState.Running, TaskState.Running, Front));
        NetworkPicture before = NetworkPicture.Of(store);
        Assert.Empty(before.ViewOf(new("a")).Networks);
        StoreSnapshot after = store.Change(
            write => write.Update(write.Networks.Get(new("front"))! with { DriverState = Driver(4097) }));
        NetworkState view = before.Advance(after).ViewOf(new("a"));
        Assert.Equal("name-s", Assert.Single(view.Services.Values).Name);
        Assert.Equal("name-s.1.t", Assert.Single(view.Endpoints.Values).Name);
    }

    [Fact]
    public void What_does_not_concern_a_node_is_not_told_to_it()
    {
        StoreSnapshot store = Stores.With(
            Front, Back, Task("t1", "s", "a", TaskState.Running, TaskState.Running, Front),
            Task("t2", "s", "b", TaskState.Running, TaskState.Running, Back));
        NetworkPicture before = NetworkPicture.Of(store);
        NetworkPicture after = before.Advance(store.Change(write => write.Update(
            write.Tasks.Get(new("t2"))! with { DesiredState = TaskState.Shutdown })));
        Assert.True(after.Since(before, new("a")).IsEmpty);
        EndpointFacts told = Assert.Single(after.Since(before, new("b")).Endpoints);
        Assert.False(told.IsServing);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_picture_that_followed_tells_every_node_the_same_as_a_new_one(int seed)
    {
        var random = new Random(seed);
        StoreSnapshot store = Stores.With(Ingress, Stores.Worker("n0"), Stores.Worker("n1"), Stores.Worker("n2"));
        NetworkPicture followed = NetworkPicture.Of(store);
        var told = new Dictionary<string, (NetworkPicture Picture, NetworkState State)>();
        foreach (string node in new[] { "n0", "n1", "n2" })
        {
            told[node] = (followed, followed.ViewOf(new(node)));
        }

        int count = 0;
        for (int step = 0; step < 400; step++)
        {
            store = store.Change(write => RandomChange(write, random));
            followed = followed.Advance(store);
            foreach (string node in told.Keys.Where(_ => random.Next(3) > 0).ToList())
            {
                NetworkDelta delta = followed.Since(told[node].Picture, new(node));
                NetworkState now = delta.ApplyTo(told[node].State);
                told[node] = (followed, now);
                AssertSame(NetworkPicture.Of(store).ViewOf(new(node)), now);
                count += delta.ChangeCount;
            }
        }

        Assert.True(count > 300);
    }

    /// <remarks>Managers look at different times, are restarted, and nodes go from one to another.</remarks>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whoever_goes_on_from_what_he_had_at_any_manager_knows_what_a_new_picture_says(int seed)
    {
        var random = new Random(seed);
        StoreSnapshot store = Stores.With(Ingress, Stores.Worker("n0"), Stores.Worker("n1"), Stores.Worker("n2"));
        (NetworkPicture Picture, PictureHistory History)[] managers = [NewManager(store), NewManager(store)];
        NetworkState[] nodes = [.. Enumerable.Range(0, 3).Select(n => NetworkState.Empty with { Self = new($"n{n}") })];
        int resumed = 0, complete = 0;
        for (int step = 0; step < 400; step++)
        {
            store = store.Change(write => RandomChange(write, random));
            for (int m = 0; m < managers.Length; m++)
            {
                bool isRestarted = random.Next(40) == 0;
                NetworkPicture now = random.Next(3) > 0 ? managers[m].Picture.Advance(store) : managers[m].Picture;
                managers[m] = isRestarted ? NewManager(store) : (now, managers[m].History.Add(now));
            }

            int asking = random.Next(nodes.Length);
            ref NetworkState has = ref nodes[asking];
            int asked = random.Next(managers.Length);
            NetworkPicture told = managers[asked].Picture.Advance(store);
            managers[asked] = (told, managers[asked].History.Add(told));
            NetworkPicture? had = managers[asked].History.At(has.Revision);
            bool isKnown = NetworkDigest.Of(had!.Since(NetworkPicture.Empty, has.Self)).Equals(NetworkDigest.Of(has));
            NetworkDelta news = told.Since(isKnown ? had : NetworkPicture.Empty, has.Self);
            has = (news with { IsComplete = !isKnown }).ApplyTo(has);
            AssertSame(NetworkPicture.Of(store).ViewOf(has.Self), has);
            (resumed, complete) = isKnown ? (resumed + 1, complete) : (resumed, complete + 1);
        }

        Assert.True(resumed > complete && complete > 0, $"{resumed} went on, {complete} began anew");
    }

    [Fact]
    public void The_past_is_bounded_and_holds_nothing_of_commits_about_other_things()
    {
        StoreSnapshot store = Stores.With(Front, Task("t", "s", "a", TaskState.Running, TaskState.Running, Front));
        (NetworkPicture picture, PictureHistory history) = NewManager(store);
        for (int change = 0; change < Limits.PastPictures + 10; change++)
        {
            TaskState desired = change % 2 == 0 ? TaskState.Shutdown : TaskState.Running;
            store = store.Change(write => write.Update(write.Tasks.Get(new("t"))! with { DesiredState = desired }));
            history = history.Add(picture = picture.Advance(store));
            store = store.Change(write => write.Create(Stores.Worker($"other-{change}")));
            history = history.Add(picture = picture.Advance(store));
        }

        Assert.Equal(Limits.PastPictures, history.Count);
        Assert.True(history.At(picture.Revision)!.IsSameAs(picture));
        Assert.Equal(history.At(1)!.Revision, history.At(0)!.Revision);
        Assert.Null(PictureHistory.Empty.At(5));
    }

    private static (NetworkPicture Picture, PictureHistory History) NewManager(StoreSnapshot store)
    {
        NetworkPicture picture = NetworkPicture.Of(store);
        return (picture, PictureHistory.Empty.Add(picture));
    }

    private static void AssertSame(NetworkState expected, NetworkState found)
    {
        Assert.Equal((expected.Self, expected.Revision), (found.Self, found.Revision));
        NetworkDelta difference = NetworkDelta.Between(expected, found);
        Assert.True(difference.IsEmpty, difference.ToString());
    }

    private static void RandomChange(Transaction write, Random random)
    {
        string network = $"w{random.Next(4)}", service = $"s{random.Next(5)}", task = $"t{random.Next(20)}";
        switch (random.Next(12))
        {
            case 0:
                Put(write, Overlay(network, random.Next(4) == 0 ? 0u : 4097), write.Networks.Get(new(network)), random);
                break;
            case 1 or 2:
                string[] on = [.. write.Networks.All.Where(_ => random.Next(2) == 0).Select(one => one.Id.Value)];
                Put(write, Service(service, on, (uint)(8000 + service[1])), write.Services.Get(new(service)), random);
                break;
            case 3:
                NodeId node = new($"n{random.Next(3)}");
                PeerRecord.Register(
                    write, node, new PeerRecord { DataPathAddress = $"192.0.2.{random.Next(4)}" }, Stores.Ids());
                break;
            case 4:
                Label(write, $"n{random.Next(3)}", new[] { "0", "50", "100", "x" }[random.Next(4)]);
                break;
            case 5 when write.Services.Get(new(service)) is not null:
                write.Update(LabelledService(write, service, "skep.weight.new", $"{20 * random.Next(6)}") with
                {
                    SpecVersion = new((ulong)random.Next(3)),
                    UpdateStatus = new() { State = (UpdateState)random.Next(7) },
                });
                break;
            default:
                SwarmTask made = Task(
                    task, service, random.Next(5) == 0 ? "" : $"n{random.Next(3)}",
                    random.Next(3) == 0 ? TaskState.Starting : TaskState.Running,
                    random.Next(4) == 0 ? TaskState.Shutdown : TaskState.Running,
                    [.. write.Networks.All.Where(one => one.DriverState is not null && random.Next(2) == 0)]);
                made = made with { SpecVersion = new((ulong)random.Next(3)) };
                Put(write, made, write.Tasks.Get(new(task)), random);
                break;
        }
    }

    private static void Label(Transaction write, string node, string weight)
    {
        Node stored = write.Nodes.Get(new(node))!;
        write.Update(stored with
        {
            Spec = stored.Spec with
            {
                Annotations = stored.Spec.Annotations with
                {
                    Labels = ValueMap.From([KeyValuePair.Create("skep.weight", weight)]),
                },
            },
        });
    }

    private static Service LabelledService(Transaction write, string service, string label, string value)
    {
        Service stored = write.Services.Get(new(service))!;
        return stored with
        {
            Spec = stored.Spec with
            {
                Annotations = stored.Spec.Annotations with
                {
                    Labels = ValueMap.From([KeyValuePair.Create(label, value)]),
                },
            },
        };
    }

    // Networks that are in use cannot be removed, so here none is.
    private static void Put(Transaction write, StoreObject item, StoreObject? stored, Random random)
    {
        if (stored is null)
        {
            write.Create(item);
        }
        else if (random.Next(4) == 0 && item is not SwarmNetwork)
        {
            write.Delete(stored);
        }
        else
        {
            write.Update(item with { Meta = stored.Meta });
        }
    }
}
