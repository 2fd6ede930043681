using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Store;

public class StoreModelTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_transactions_do_what_a_plain_dictionary_does(int seed)
    {
        var random = new Random(seed);
        var draw = new RandomStore(random);
        var model = new Dictionary<(ObjectKind, string), StoreObject>();
        StoreSnapshot store = StoreSnapshot.Empty;
        StoreSnapshot replayed = StoreSnapshot.Empty;
        for (ulong index = 1; index <= 300; index++)
        {
            StoreSnapshot before = store;
            var transaction = new Transaction(store, new(index), Start.AddSeconds(index));
            var copy = new Dictionary<(ObjectKind, string), StoreObject>(model);
            for (int step = random.Next(6); step >= 0; step--)
            {
                Step(random, draw, transaction, copy);
            }
            if (random.Next(5) == 0)
            {
                // A transaction that is given up leaves no trace.
                AssertSame(model, before);
                continue;
            }
            model = copy;
            store = transaction.ToSnapshot();
            AppliedActions applied = replayed.Apply(transaction.Actions, index);
            Assert.Null(applied.Refusal);
            Assert.Equal(transaction.Changes.AsEnumerable(), applied.Changes);
            replayed = applied.After;
        }
        AssertSame(model, store);
        AssertSame(model, replayed);
        AssertSame(model, StoreSnapshot.Of(store.Revision, store.AllObjects()));
    }

    private static void Step(
        Random random, RandomStore draw, Transaction transaction, Dictionary<(ObjectKind, string), StoreObject> model)
    {
        StoreObject item = draw.NewObject();
        (ObjectKind, string) key = (item.Kind, item.RawId);
        bool exists = model.TryGetValue(key, out StoreObject? old);
        bool isNameFree = item.Kind is ObjectKind.Node or ObjectKind.Task || !model.Values.Any(
            other => other.Kind == item.Kind && other.RawId != item.RawId
                && other.Naming.Name.Equals(item.Naming.Name, StringComparison.OrdinalIgnoreCase));
        switch (random.Next(3))
        {
            case 0:
                Try(!exists && isNameFree, () => model[key] = transaction.Create(item));
                break;
            case 1:
                bool isStale = random.Next(8) == 0;
                ObjectVersion version = isStale ? new(9_999) : old?.Meta.Version ?? default;
                StoreObject change = item with { Meta = item.Meta with { Version = version } };
                Try(exists && isNameFree && !isStale, () => model[key] = transaction.Update(change));
                break;
            default:
                Try(exists, () => transaction.Delete(item));
                model.Remove(key);
                break;
        }
    }

    private static void Try(bool isExpected, Action act)
    {
        if (isExpected)
        {
            act();
            return;
        }
        Assert.Throws<RefusedException>(act);
    }

    private static void AssertSame(Dictionary<(ObjectKind, string), StoreObject> model, StoreSnapshot store)
    {
        StoreObject[] all = [.. model.Values.OrderBy(item => item.Kind)
            .ThenBy(item => item.RawId, StringComparer.Ordinal)];
        Assert.Equal(all, store.AllObjects());
        SwarmTask[] tasks = [.. all.OfType<SwarmTask>()];
        Service[] services = [.. all.OfType<Service>()];
        Node[] nodes = [.. all.OfType<Node>()];
        Assert.Equal(tasks, store.Tasks.All);
        for (int number = 0; number < 30; number++)
        {
            ServiceId service = new($"s{number:d2}");
            NodeId node = new($"n{number:d2}");
            SecretId secret = new($"x{number:d2}");
            ConfigId config = new($"c{number:d2}");
            AssertIds(tasks.Where(task => task.NodeId == node), store.TasksOn(node));
            AssertIds(tasks.Where(task => task.ServiceId == service), store.TasksOf(service));
            AssertIds(tasks.Where(task => task.ServiceId == service && task.Slot == 2), store.TasksInSlot(service, 2));
            AssertIds(tasks.Where(task => Uses(task.Spec, secret)), store.TasksUsing(secret));
            AssertIds(services.Where(item => Uses(item.Spec.Task, secret)), store.ServicesUsing(secret));
            AssertIds(services.Where(item => Uses(item.Spec.Task, config)), store.ServicesUsing(config));
            AssertIds(tasks.Where(task => OnNetwork(task, number)), store.TasksOnNetwork($"w{number:d2}"));
            Secret? named = all.OfType<Secret>().SingleOrDefault(
                item => item.Naming.Name.Equals($"name{number}", StringComparison.OrdinalIgnoreCase));
            Assert.Equal(named, store.Secrets.Named($"Name{number}"));
            AssertIds(
                nodes.Where(item => item.Description?.Hostname.ToLowerInvariant() == $"name{number}"),
                store.NodesWithHostname($"NAME{number}"));
            AssertIds(
                tasks.Where(task => task.Annotations.Indices.Any(entry => entry.Val == $"name{number}")),
                store.Tasks.WithIndex("k", $"name{number}"));
        }
        foreach (TaskState state in Enum.GetValues<TaskState>())
        {
            AssertIds(tasks.Where(task => task.Status.State == state), store.TasksInState(state));
            AssertIds(tasks.Where(task => task.DesiredState == state), store.TasksWithDesiredState(state));
        }
        AssertIds(nodes.Where(node => node.Role == NodeRole.Manager), store.NodesWithRole(NodeRole.Manager));
        AssertIds(
            nodes.Where(node => node.Spec.Membership == NodeMembership.Accepted),
            store.NodesWithMembership(NodeMembership.Accepted));
        AssertIds(tasks.Where(task => task.RawId.StartsWith("t1")), store.Tasks.WithIdPrefix("t1"));
    }

    private static bool Uses(TaskSpec spec, SecretId secret) =>
        spec.Container?.Secrets.Any(reference => reference.SecretId == secret) == true;

    private static bool Uses(TaskSpec spec, ConfigId config) =>
        spec.Container?.Configs.Any(reference => reference.ConfigId == config) == true;

    private static bool OnNetwork(SwarmTask task, int number) =>
        task.Spec.Networks.Any(network => network.Target == $"w{number:d2}");

    private static void AssertIds(IEnumerable<StoreObject> expected, IEnumerable<StoreObject> found) =>
        Assert.Equal(
            expected.OrderBy(item => item.RawId, StringComparer.Ordinal),
            found.OrderBy(item => item.RawId, StringComparer.Ordinal));
}
