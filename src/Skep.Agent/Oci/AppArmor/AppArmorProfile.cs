using System.ComponentModel;
using System.Diagnostics;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>The confinement of containers on kernels with AppArmor that ask for no other.</summary>
/// <remarks>
/// Profiles live in the kernel and can be taken out by others (an upgrade of the apparmor package does): it is looked
/// for before each start, which reads one small file, and loaded again when it is gone.
/// </remarks>
public static class AppArmorProfile
{
    /// <summary>Docker's name: inspect shows it, and who has tuned that profile keeps the tuning.</summary>
    public const string Name = "docker-default";

    private const string Loaded = "/sys/kernel/security/apparmor/profiles";
    private const string Parser = "/sbin/apparmor_parser";

    /// <summary>Whether profiles can be used here: the kernel has them on, and what loads them is there.</summary>
    public static bool IsUsable()
        => File.Exists(Loaded) && File.Exists(Parser)
            && File.ReadAllText("/sys/module/apparmor/parameters/enabled").StartsWith('Y');

    public static async Task EnsureLoadedAsync(CancellationToken stop)
    {
        string[] profiles = await File.ReadAllLinesAsync(Loaded, stop);
        if (!profiles.Any(line => line.StartsWith(Name + " ", StringComparison.Ordinal)))
        {
            await LoadAsync(Text("/etc/apparmor.d", await OwnProfileAsync(stop)), stop);
        }
    }

    /// <param name="directory">Where the distribution keeps what profiles include.</param>
    /// <param name="daemon">The profile of this process, which signals containers.</param>
    internal static string Text(string directory, string daemon)
    {
        string tunables = File.Exists($"{directory}/tunables/global")
            ? "#include <tunables/global>"
            : "@{PROC}=/proc/";
        string basics = File.Exists($"{directory}/abstractions/base") ? "#include <abstractions/base>" : "";
        return $$"""
            {{tunables}}
            profile {{Name}} flags=(attach_disconnected,mediate_deleted) {
              {{basics}}
              network,
              capability,
              file,
              umount,
              deny mount,

              # Signals come from the machine, from the runtime and the daemon; a container sends them to itself.
              signal (receive) peer=unconfined,
              signal (receive) peer=runc,
              signal (receive) peer=crun,
              signal (receive) peer={{daemon}},
              signal (send,receive) peer={{Name}},
              ptrace (trace,read,tracedby,readby) peer={{Name}},

              # Writable in /proc: processes, and of the settings those of shared memory.
              deny @{PROC}/* w,
              deny @{PROC}/{[^1-9s]*,s[^y]*,sy[^s]*}/** w,
              deny @{PROC}/sys/{[^k]*,k[^e]*,ke[^r]*}{,/**} w,
              deny @{PROC}/sys/kernel/{[^s]*,s[^h]*,sh[^m]*}{,/**} w,
              deny @{PROC}/sysrq-trigger rwklx,
              deny @{PROC}/kcore rwklx,

              # Writable in /sys: control groups, where they are mounted so.
              deny /sys/{[^f]*,f[^s]*}{,/**} wklx,
              deny /sys/fs/{[^c]*,c[^g]*,cg[^r]*}{,/**} wklx,
              deny /sys/firmware/** rwklx,
              deny /sys/devices/virtual/powercap/** rwklx,
              deny /sys/kernel/security/** rwklx,
            }

            """;
    }

    private static async Task<string> OwnProfileAsync(CancellationToken stop)
    {
        // "name (mode)", or "unconfined".
        string current = await File.ReadAllTextAsync("/proc/self/attr/current", stop);
        string name = current.Split(' ', '\n', '\0')[0];
        return name.Length > 0 ? name : "unconfined";
    }

    private static async Task LoadAsync(string profile, CancellationToken stop)
    {
        // -K: no cache, whose directory may be read-only. -r: replace. The text comes through standard input.
        var start = new ProcessStartInfo(Parser, ["-K", "-r"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process parser = Process.Start(start)!;
            await parser.StandardInput.WriteAsync(profile.AsMemory(), stop);
            parser.StandardInput.Close();
            Task<string> output = parser.StandardOutput.ReadToEndAsync(stop);
            Task<string> errors = parser.StandardError.ReadToEndAsync(stop);
            await Task.WhenAll(output, errors, parser.WaitForExitAsync(stop));
            if (parser.ExitCode != 0)
            {
                throw NotLoaded((await errors).Trim(), null);
            }
        }
        catch (Win32Exception error)
        {
            throw NotLoaded(error.Message, error);
        }
    }

    private static RefusedException NotLoaded(string reason, Exception? inner) => new(ErrorKind.Failed,
        $"AppArmor enabled on system but the {Name} profile could not be loaded: {reason}", inner);
}
