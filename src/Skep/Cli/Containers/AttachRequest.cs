using Skep.Cli.Client;
using Skep.Cli.Streams;

namespace Skep.Cli.Containers;

/// <summary>Joins a container's streams.</summary>
internal static class AttachRequest
{
    public static Task<HijackedConnection> SendAsync(
        EngineClient engine, string id, StreamWishes wishes, CancellationToken stop)
    {
        Query query = new Query()
            .Add("stream", "1")
            .AddFlag("stdin", wishes.Input)
            .AddFlag("stdout", wishes.Output)
            .AddFlag("stderr", wishes.Errors)
            .Add("detachKeys", wishes.DetachKeys.Length > 0 ? wishes.DetachKeys : null);
        return engine.HijackAsync($"/containers/{Query.Escape(id)}/attach{query}", [], stop);
    }
}
