using System.Net;
using System.Net.Sockets;
using Skep.Linux;
using Skep.Linux.Namespaces;

namespace Skep.Tests.Linux.Namespaces;

public class NetworkNamespaceTests
{
    [Fact]
    public async Task Work_done_inside_leaves_the_thread_pool_outside()
    {
        using var space = new TestNamespace();
        string outside = NamespaceOfThisThread();
        string inside = space.Enter(NamespaceOfThisThread);
        Assert.NotEqual(outside, inside);

        BoundDescriptor bound = space.Enter(() => InsideNamespace.OpenUdp(IPAddress.Any, 5353));
        using var socket = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true));
        Task<SocketReceiveFromResult> waiting = socket.ReceiveFromAsync(
            new byte[10], SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
        string[] seen = await Task.WhenAll(Enumerable.Range(0, 100).Select(
            _ => Task.Factory.StartNew(NamespaceOfThisThread, TaskCreationOptions.None)));
        Assert.All(seen, s => Assert.Equal(outside, s));
        Assert.False(waiting.IsCompleted);
        Assert.Contains(":5353", space.Run("ss", "-uln"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_inside_reaches_the_caller_and_leaves_no_mount()
    {
        string path = Path.Combine(Path.GetTempPath(), $"skep-test-{Environment.ProcessId}-failing");
        Assert.Throws<InvalidOperationException>(
            () => NetworkNamespace.Create<int>(path, () => throw new InvalidOperationException()));
        Assert.False(File.Exists(path));
        Assert.Throws<ErrnoException>(() => NetworkNamespace.Enter(path, () => 0));
    }

    [Fact]
    public void A_mounted_namespace_is_told_from_a_file_and_removed_even_twice()
    {
        var space = new TestNamespace();
        Assert.True(NetworkNamespace.IsMounted(space.Path));
        space.Dispose();
        File.WriteAllText(space.Path, "");
        Assert.False(NetworkNamespace.IsMounted(space.Path));
        NetworkNamespace.Remove(space.Path);
        NetworkNamespace.Remove(space.Path);
        Assert.False(File.Exists(space.Path));
    }

    [Fact]
    public void Settings_are_those_of_the_namespace()
    {
        using var space = new TestNamespace();
        Assert.True(space.Enter(() => InsideNamespace.SetSysctl("net/ipv4/ip_unprivileged_port_start", "7")));
        Assert.Equal("7", space.Run(
            "sysctl", "-n", "net.ipv4.ip_unprivileged_port_start").Trim());
        Assert.False(space.Enter(() => InsideNamespace.SetSysctl("net/ipv4/no_such_setting", "7")));
        Assert.Throws<ErrnoException>(
            () => space.Enter(() => InsideNamespace.SetSysctl("net/ipv4/ip_unprivileged_port_start", "x")));
    }

    private static string NamespaceOfThisThread() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!;
}
