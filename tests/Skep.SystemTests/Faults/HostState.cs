using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>Everything that an engine and its containers can leave on a host, as sorted lines.</summary>
internal static class HostState
{
    /// <summary>
    /// Processes by name, links, tables, mounts, namespaces and cgroups; no ids, so that two can be compared.
    /// </summary>
    public static async Task<string> ReadAsync(TestHost host)
    {
        string script = $$"""
            for p in /proc/[0-9]*; do
                read -r name 2>/dev/null <$p/comm || continue
                [ -z "$(tr '\0' ' ' 2>/dev/null <$p/cmdline)" ] || echo "process $name"
            done | grep -v -E 'process (nsenter|bash|sleep|sort|grep|tr|sed|awk|find|ip|nft)$' | sort
            ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/link \1/' | sort
            nft list tables | sort | while read -r table; do nft list $table </dev/null; done | sed 's/^/nft /'
            awk 'index($5, "{{host.DataRoot}}/") == 1 || index($5, "{{host.Kind.ExecRoot}}/") == 1 {
                print "mount", $5 }' /proc/self/mountinfo | sort
            find /sys/fs/cgroup -path '*{{host.CgroupParent}}/*' -type d | grep -v '/engine$' | sort
            """;
        Finished finished = await host.Inside("bash", "-c", script).CheckAsync();
        return finished.Output;
    }
}
