using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Containers;

/// <summary>Collects the samples of several containers; who comes and goes is followed when all are shown.</summary>
internal sealed class StatsBoard(EngineClient engine, bool streams, CancellationToken stop)
{
    private readonly object gate = new();
    private readonly List<Watched> watched = [];
    private Task following = Task.CompletedTask;
    private bool showsAll;

    /// <summary>The daemon's words about containers that it does not know.</summary>
    public string Refusals
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', watched.Select(one => one.Refusal).OfType<string>());
            }
        }
    }

    /// <summary>Nothing more will come.</summary>
    public bool IsOver => showsAll ? following.IsCompleted : watched.TrueForAll(one => one.Task.IsCompleted);

    public void AddNamed(IReadOnlyList<string> names)
    {
        foreach (string name in names.Distinct())
        {
            Add(name);
        }
    }

    /// <param name="follows">Containers that start or end later are added and taken away.</param>
    public async Task AddAllAsync(bool all, bool follows)
    {
        showsAll = true;
        if (follows)
        {
            // Heard from before the list is read, so that nobody is missed between the two.
            Query query = new Query().AddFilters(["type=container"]);
            HttpResponseMessage events = await engine.SendAsync(HttpMethod.Get, $"/events{query}", null, stop);
            following = FollowAsync(events, all);
        }

        JsonElement containers = await engine.GetAsync(
            $"/containers/json{new Query().AddFlag("all", all)}", stop);
        foreach (JsonElement container in containers.Items())
        {
            Add(container.Text("Id")[..12]);
        }
    }

    /// <summary>Each container has had the time for its first sample.</summary>
    public Task FirstAsync() => Task.WhenAll(watched.Select(one => one.First.Task));

    public IReadOnlyList<StatsRow> Rows()
    {
        lock (gate)
        {
            return [.. watched.Select(one => new StatsRow(
                one.Name, one.Sample.Text("id"), one.Sample.Text("name"), one.Sample))];
        }
    }

    public async Task EndAsync()
    {
        try
        {
            await Task.WhenAll([following, .. watched.Select(one => one.Task)]);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or HttpRequestException)
        {
            // The connections were cut by us.
            return;
        }
    }

    private void Add(string name)
    {
        lock (gate)
        {
            if (!watched.Exists(one => one.Name == name))
            {
                var one = new Watched(name);
                watched.Add(one);
                one.Task = CollectAsync(one);
            }
        }
    }

    private async Task CollectAsync(Watched one)
    {
        try
        {
            string query = new Query().Add("stream", streams ? "1" : "0").ToString();
            using HttpResponseMessage answer = await engine.SendAsync(
                HttpMethod.Get, $"/containers/{Query.Escape(one.Name)}/stats{query}", null, stop);
            await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
            await foreach (JsonElement sample in JsonLines.ReadAsync(body, stop))
            {
                lock (gate)
                {
                    one.Sample = sample;
                }

                one.First.TrySetResult();
            }
        }
        catch (CommandFailedException refused)
        {
            one.Refusal = refused.Message;
        }
        finally
        {
            one.First.TrySetResult();
        }
    }

    private async Task FollowAsync(HttpResponseMessage events, bool all)
    {
        using (events)
        {
            await using Stream body = await events.Content.ReadAsStreamAsync(stop);
            await foreach (JsonElement happened in JsonLines.ReadAsync(body, stop))
            {
                string id = happened.Member("Actor").Text("ID");
                string action = happened.Text("Action");
                if (id.Length >= 12 && (action == "start" || (action == "create" && all)))
                {
                    Add(id[..12]);
                }
                else if (id.Length >= 12 && action == "die" && !all)
                {
                    lock (gate)
                    {
                        watched.RemoveAll(one => one.Name == id[..12]);
                    }
                }
            }
        }
    }

    private sealed class Watched(string name)
    {
        public string Name => name;

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task { get; set; } = Task.CompletedTask;

        public JsonElement Sample { get; set; }

        public string? Refusal { get; set; }
    }
}
