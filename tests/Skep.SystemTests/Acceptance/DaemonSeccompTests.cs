using Skep.SystemTests.Faults;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>The daemon's own seccomp profile, for containers that choose none.</summary>
public class DaemonSeccompTests
{
    [SkepFact]
    public async Task Containers_that_choose_no_seccomp_profile_get_the_daemons()
    {
        string path = Path.Combine(Path.GetTempPath(), $"skep-{Path.GetRandomFileName()}.json");
        await File.WriteAllTextAsync(path, SeccompFiles.Profile);
        try
        {
            await using SingleHost host = await SingleHost.StartAsync(
                Engine.UnderTest with { Flags = [.. Engine.UnderTest.Flags, $"--seccomp-profile={path}"] });
            const string make = "test sh -c 'mkdir /made 2>&1; ls -d /made 2>&1; true'";

            Assert.Contains("No space left on device", await host.SayAsync($"docker run --rm {make}"));
            Assert.Equal("/made", await host.SayAsync($"docker run --rm --security-opt seccomp=builtin {make}"));
            Assert.Equal("/made", await host.SayAsync($"docker run --rm --security-opt seccomp=unconfined {make}"));
            Assert.Contains(
                $"name=seccomp,profile={path}", await host.SayAsync("docker info -f '{{.SecurityOptions}}'"));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
