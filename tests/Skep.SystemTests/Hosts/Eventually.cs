using System.Diagnostics;

namespace Skep.SystemTests.Hosts;

/// <summary>Waiting for something that another process does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);

    public static Task TrueAsync(string what, TimeSpan timeout, Func<bool> condition) =>
        TrueAsync(what, timeout, () => Task.FromResult(condition()));

    public static async Task TrueAsync(string what, TimeSpan timeout, Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > timeout)
            {
                throw new TimeoutException($"Not within {timeout.TotalSeconds} s: {what}");
            }

            await Task.Delay(pause, TimeProvider.System);
        }
    }
}
