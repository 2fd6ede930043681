using System.Text.Json;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>A task as a manager lists it.</summary>
internal sealed record TaskView(
    string Id, string Service, string Node, string State, string Wanted, string Container, string Image)
{
    public bool IsRunning => State == "running";

    /// <summary>All tasks, or those of one service.</summary>
    public static async Task<List<TaskView>> ListAsync(HttpClient api, string service)
    {
        string filter = service.Length == 0
            ? ""
            : "?filters=" + Uri.EscapeDataString($$"""{"service":["{{service}}"]}""");
        JsonElement list = await api.ListAsync("tasks" + filter);
        return [.. list.EnumerateArray().Select(Read).OrderBy(static task => task.Id, StringComparer.Ordinal)];
    }

    private static TaskView Read(JsonElement task) => new(
        Text(task, "ID"),
        Text(task, "ServiceID"),
        Text(task, "NodeID"),
        Text(task, "Status", "State"),
        Text(task, "DesiredState"),
        Text(task, "Status", "ContainerStatus", "ContainerID"),
        Text(task, "Spec", "ContainerSpec", "Image"));

    private static string Text(JsonElement at, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (!at.TryGetProperty(name, out at))
            {
                return "";
            }
        }

        return at.GetString() ?? "";
    }
}

/// <summary>What runs on a host, asked of nobody who could be wrong about it: the kernel.</summary>
internal static class RunningContainers
{
    /// <summary>The ids of the containers that have a process.</summary>
    public static List<string> Of(TestHost host)
    {
        string tree = File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
        var folder = new DirectoryInfo(tree + host.CgroupParent);
        return
        [
            .. folder.EnumerateDirectories().Where(static one => one.Name.Length == 64 && HasProcess(one))
                .Select(static one => one.Name).Order(StringComparer.Ordinal),
        ];
    }

    private static bool HasProcess(DirectoryInfo group)
    {
        try
        {
            return File.ReadAllText(Path.Combine(group.FullName, "cgroup.procs")).Length > 0;
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }
}
