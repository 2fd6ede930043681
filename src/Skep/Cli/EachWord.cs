using System.Net;
using Skep.Cli.Client;

namespace Skep.Cli;

/// <summary>Commands that do one thing to each of the things that they are given.</summary>
internal static class EachWord
{
    /// <summary>
    /// Works on all at once, prints each name in order when it is done, and reports the refusals at the end.
    /// </summary>
    /// <param name="forgives">What does not exist is said, but is no failure (rm --force).</param>
    public static async Task<int> InParallelAsync(
        Invocation call, Func<string, CancellationToken, Task> act, CancellationToken stop, bool forgives = false)
    {
        using var places = new SemaphoreSlim(Limits.ParallelOperations);
        List<Task> running =
            [.. call.Words.Select(word => LimitedAsync(places, () => act(word, stop), stop))];
        IEnumerable<(string, Func<Task>)> work = call.Words.Select((word, i) => (word, (Func<Task>)(() => running[i])));
        return await ReportAsync(call, work, forgives);
    }

    public static Task<int> InTurnAsync(
        Invocation call, Func<string, CancellationToken, Task> act, CancellationToken stop) =>
        ReportAsync(call, call.Words.Select(word => (word, (Func<Task>)(() => act(word, stop)))), forgives: false);

    /// <summary>A command that sends one request for each word.</summary>
    /// <param name="path">The request's path for a word.</param>
    public static Task<int> PostAsync(Invocation call, Func<string, string> path, CancellationToken stop) =>
        InParallelAsync(call, async (word, halt) => await call.Engine.PostAsync(path(Query.Escape(word)), halt), stop);

    private static async Task<int> ReportAsync(
        Invocation call, IEnumerable<(string Word, Func<Task> Act)> work, bool forgives)
    {
        var refusals = new List<string>();
        foreach ((string word, Func<Task> act) in work)
        {
            try
            {
                await act();
                call.Console.WriteLine(word);
            }
            catch (CommandFailedException refused) when (forgives && refused.Status == HttpStatusCode.NotFound)
            {
                call.Console.WriteErrorLine(refused.Message);
            }
            catch (CommandFailedException refused)
            {
                refusals.Add(refused.Message);
            }
        }

        return refusals.Count == 0 ? 0 : throw new CommandFailedException(string.Join('\n', refusals));
    }

    private static async Task LimitedAsync(SemaphoreSlim places, Func<Task> act, CancellationToken stop)
    {
        await places.WaitAsync(stop);
        try
        {
            await act();
        }
        finally
        {
            places.Release();
        }
    }
}
