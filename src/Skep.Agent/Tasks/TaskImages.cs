using Skep.Agent.Images;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;

namespace Skep.Agent.Tasks;

/// <summary>Fetches tasks' images, each once for all tasks that want it at the same time.</summary>
/// <remarks>
/// As in Docker an image is asked for at every task, so that a name that moved is followed, unless a digest says which
/// one is meant and that is here. A failure counts only if there is no image: an old one runs without its registry.
/// </remarks>
internal sealed class TaskImages(ImageEngine images, bool prefersLocal, Log log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Image, string Auth), SharedPull> pulls = [];

    /// <returns>Why it could not be fetched; null: it was, or need not be.</returns>
    public async Task<RefusedException?> TryPullAsync(ContainerSpec container, CancellationToken stop)
    {
        if (ImageReference.TryParse(container.Image) is not { } reference
            || ((prefersLocal || reference.Digest is not null) && images.TryFindId(container.Image) is not null))
        {
            return null;
        }

        try
        {
            await PullSharedAsync(reference, container, stop);
            return null;
        }
        catch (RefusedException e)
        {
            log.Warn("pulling image failed", ("image", container.Image), ("reason", e.Message));
            return e;
        }
    }

    private async Task PullSharedAsync(ImageReference reference, ContainerSpec container, CancellationToken stop)
    {
        (string, string) key = (container.Image, container.PullOptions?.RegistryAuth ?? "");
        SharedPull pull;
        lock (gate)
        {
            if (!pulls.TryGetValue(key, out pull!))
            {
                pull = new SharedPull(end => PullAsync(reference, key.Item2, end));
                pulls[key] = pull;
            }

            pull.Waiting++;
        }

        try
        {
            await pull.Result.WaitAsync(stop);
        }
        finally
        {
            Leave(key, pull);
        }
    }

    // The last to leave ends it, so that a pull nobody waits for does not go on.
    private void Leave((string, string) key, SharedPull pull)
    {
        lock (gate)
        {
            pull.Waiting--;
            if (pulls.GetValueOrDefault(key) == pull && (pull.Waiting == 0 || pull.Result.IsCompleted))
            {
                pulls.Remove(key);
            }

            if (pull.Waiting > 0)
            {
                return;
            }
        }

        pull.End();
    }

    private async Task PullAsync(ImageReference reference, string auth, CancellationToken stop)
    {
        await Task.Yield();
        AuthConfig? credentials = AuthHeader.Parse(auth);
        await images.PullAsync(
            reference.WithDefaultTag(), platform: null, credentials, static (_, _) => ValueTask.CompletedTask, stop);
    }

    private sealed class SharedPull
    {
        private readonly CancellationTokenSource end = new();

        public SharedPull(Func<CancellationToken, Task> pull) => Result = pull(end.Token);

        public Task Result { get; }

        /// <summary>Tasks that wait for it.</summary>
        public int Waiting { get; set; }

        public void End() => end.Cancel();
    }
}
