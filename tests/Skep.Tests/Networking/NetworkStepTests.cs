using Skep.Swarm.Networking;

namespace Skep.Tests.Networking;

public class NetworkStepTests
{
    private static readonly NetworkState before = With(
        With(NetworkState.Empty with { Self = new("n") }, "a", "t1", "10.0.1.1"), "b", "t2", "10.0.2.1");

    [Fact]
    public void News_of_a_change_are_taken_as_they_are_and_complete_ones_are_compared()
    {
        var news = new NetworkDelta { DataPathPort = 4789, Endpoints = [Endpoint("a", "t3", "10.0.1.3")] };
        NetworkStep step = NetworkStep.Of(before, news);
        Assert.Same(news, step.Delta);
        Assert.Equal([(null, "10.0.1.3")], Texts(step));
        Assert.False(step.IsAboutNodes);

        NetworkDelta all = NetworkDelta.Between(NetworkState.Empty, before) with { IsComplete = true };
        Assert.Empty(Texts(NetworkStep.Of(before, all)));
        Assert.Equal(
            [(null, "10.0.1.1"), (null, "10.0.2.1")], Texts(NetworkStep.Of(NetworkState.Empty, all)).Order());
    }

    [Fact]
    public void Who_missed_a_step_is_told_all_that_is_different_and_endpoints_go_with_their_network()
    {
        NetworkState missed = With(before, "a", "t3", "10.0.1.3");
        var step = NetworkStep.Of(missed, new NetworkDelta { DataPathPort = 4789, GoneNetworks = [new("b")] });
        Assert.Same(step, step.From(missed));
        Assert.Equal([("10.0.2.1", null)], Texts(step));
        Assert.True(step.IsAboutNodes && step.IsAboutServices);
        Assert.Equal([(null, "10.0.1.3"), ("10.0.2.1", null)], Texts(step.From(before)).Order());
    }

    private static IEnumerable<(string? Old, string? New)> Texts(NetworkStep step) =>
        step.Endpoints().Select(e => (e.Old?.Addresses[0], e.New?.Addresses[0]));

    private static NetworkState With(NetworkState state, string network, string task, string address) => state with
    {
        Networks = state.Networks.SetItem(new(network), new NetworkFacts { Id = new(network) }),
        Endpoints = state.Endpoints.SetItem((new(network), new(task)), Endpoint(network, task, address)),
    };

    private static EndpointFacts Endpoint(string network, string task, string address) => new()
    {
        Task = new(task), Network = new(network), Node = new("n"), Addresses = [address],
    };
}
