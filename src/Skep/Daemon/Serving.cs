using Skep.Transport.Parts;
using Skep.Engine;
using Skep.Engine.Connections;
using Skep.Engine.Metrics;

namespace Skep.Daemon;

/// <summary>Answers requests until the daemon is to end, then stops what is to end with it.</summary>
internal sealed class Serving(
    EngineServices services, IReadOnlyList<EngineAddress> addresses, Reloading reloading, Ending ending)
{
    /// <param name="stop">The daemon is to end in order.</param>
    /// <param name="broken">Another part of it has failed: nothing is stopped in order any more.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken broken)
    {
        ServiceNotice notice = ServiceNotice.FromEnvironment(services.Log);
        ListenAddresses.CreateDirectories(services.Options);
        var server = new EngineServer(
            EngineRoutes.Create(services), addresses, ProgramVersion.Text, services.Time, services.Log);
        void Listening()
        {
            notice.Ready();
            services.Log.Info("the daemon serves", ("addresses", string.Join(' ', addresses)));
        }

        List<Func<CancellationToken, Task>> parts =
        [
            end => server.RunAsync(Listening, end),
            reloading.RunAsync,
            end => IdleMemory.RunAsync(services.Time, end),
        ];
        if (services.Options.MetricsAddress is { } metrics)
        {
            parts.Add(new MetricsServer(metrics, new Measurement(services).Take).RunAsync);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, broken);
        await Supervise.RunAsync(parts, either.Token);
        notice.Stopping();
        broken.ThrowIfCancellationRequested();
        await ending.StopContainersAsync(services.Containers, broken);
    }
}
