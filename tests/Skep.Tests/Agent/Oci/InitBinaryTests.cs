using Skep.Agent.Oci;

namespace Skep.Tests.Agent.Oci;

public sealed class InitBinaryTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("skep-init-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_static_program_of_tinis_name_is_found()
    {
        File.Copy("/bin/busybox", $"{directory}/tini");

        Assert.Equal($"{directory}/tini", InitBinary.Find(null, $"relative:/nowhere:{directory}"));
    }

    [Fact]
    public void One_that_needs_libraries_would_not_run_in_a_container()
    {
        File.Copy("/bin/sh", $"{directory}/tini");

        Assert.Null(InitBinary.Find(null, directory));
        Assert.Equal($"{directory}/tini", InitBinary.Find($"{directory}/tini", ""));
    }

    [Fact]
    public void What_is_no_program_is_not_taken()
    {
        File.WriteAllText($"{directory}/docker-init", "#!/bin/sh\n");

        Assert.Null(InitBinary.Find(null, directory));
        Assert.Null(InitBinary.Find("/nowhere/tini", directory));
    }

    [Fact]
    public void The_apparmor_profile_names_the_daemon_and_does_without_the_distributions_files()
    {
        string profile = AppArmorProfile.Text("/nowhere", "skep-daemon");

        Assert.Contains("signal (receive) peer=skep-daemon,", profile, StringComparison.Ordinal);
        Assert.StartsWith("@{PROC}=/proc/\n", profile, StringComparison.Ordinal);
        Assert.DoesNotContain("#include", profile, StringComparison.Ordinal);
    }
}
