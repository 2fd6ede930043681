using Skep.Agent.Network;
using Xunit;

namespace Skep.Tests.Network;

public class GatheringTests
{
    [Fact]
    public async Task What_comes_while_work_is_under_way_is_done_together()
    {
        var begun = new TaskCompletionSource();
        using var goOn = new SemaphoreSlim(0);
        var calls = new List<IReadOnlyList<int>>();
        using var gathering = new Gathering<int>(most: 3, items =>
        {
            calls.Add(items);
            begun.TrySetResult();
            goOn.Wait();
        });

        // The first one holds its thread for as long as it works.
        var first = Task.Factory.StartNew(() => gathering.DoAsync(1), TaskCreationOptions.LongRunning).Unwrap();
        await begun.Task;
        Task[] others = [gathering.DoAsync(2), gathering.DoAsync(3), gathering.DoAsync(4), gathering.DoAsync(5)];
        Assert.DoesNotContain(others, task => task.IsCompleted);
        goOn.Release(3);
        await first;
        await Task.WhenAll(others);
        Assert.Equal([1], calls[0]);
        Assert.Equal([2, 3, 4], calls[1]);
        Assert.Equal([5], calls[2]); // There was no room for it.
        Assert.Equal(3, calls.Count);
    }

    [Fact]
    public async Task One_that_cannot_be_done_keeps_none_of_the_others()
    {
        var begun = new TaskCompletionSource();
        using var goOn = new SemaphoreSlim(0);
        var done = new List<int>();
        using var gathering = new Gathering<int>(most: 3, items =>
        {
            begun.TrySetResult();
            goOn.Wait();
            foreach (int item in items)
            {
                done.Add(item == 3 ? throw new IOException("no three") : item);
            }
        });
        var first = Task.Factory.StartNew(() => gathering.DoAsync(1), TaskCreationOptions.LongRunning).Unwrap();
        await begun.Task;
        Task two = gathering.DoAsync(2), three = gathering.DoAsync(3), four = gathering.DoAsync(4);
        goOn.Release(10);
        await Task.WhenAll(first, two, four);
        Assert.Equal("no three", (await Assert.ThrowsAsync<IOException>(() => three)).Message);
        Assert.Equal([1, 2, 2, 4], done);
    }
}
