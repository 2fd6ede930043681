using Skep.SystemTests.Hosts;

namespace Skep.Benchmarks;

/// <summary>The program <c>ctr</c> on a host, pointed at the containerd of that host's engine.</summary>
internal sealed class CtrClient(TestHost host, string socket)
{
    private const string Image = "docker.io/library/test:latest";

    public async Task LoadAsync(string archive) =>
        await Ctr("images", "import", "--snapshotter", "overlayfs", archive).CheckAsync();

    public async Task RunAsync(string name) =>
        await Ctr("run", "-d", "--snapshotter", "overlayfs", Image, name, "sleep", "1000").CheckAsync();

    public async Task RemoveAsync(string name)
    {
        await Ctr("task", "rm", "-f", name).CheckAsync();
        await Ctr("container", "rm", name).CheckAsync();
    }

    private Command Ctr(params IReadOnlyList<string> arguments) =>
        host.Inside(["ctr", "-a", socket, "-n", "bench", .. arguments]);
}
