using Skep.Docker.Engine;
using static Skep.Tests.Stacks.Composed;

namespace Skep.Tests.Stacks;

public class StackRunOptionsTests
{
    [Fact]
    public void Options_of_a_machine_are_labels_of_the_containers()
    {
        IReadOnlyDictionary<string, string> labels = SpecOf(Web with
        {
            Run = new()
            {
                IsPrivileged = true,
                Pid = "host",
                Ipc = "private",
                Uts = "host",
                CgroupNamespace = "host",
                CgroupParent = "/jobs",
                Devices = ["/dev/fuse", "/dev/a:/dev/b:r"],
                DeviceRules = ["c 1:3 r"],
            },
        }).TaskTemplate.ContainerSpec!.Labels!;

        Assert.Equal(
            [
                "com.docker.stack.namespace=app",
                "skep.run.cgroup-parent=/jobs",
                "skep.run.cgroupns=host",
                "skep.run.device-cgroup-rule=c 1:3 r",
                "skep.run.device=/dev/fuse,/dev/a:/dev/b:r",
                "skep.run.ipc=private",
                "skep.run.pid=host",
                "skep.run.privileged=true",
                "skep.run.uts=host",
            ],
            labels.Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Security_options_are_Dockers_own_fields()
    {
        ContainerPrivileges privileges = SpecOf(Web with
        {
            Run = new()
            {
                SecurityOptions =
                    ["no-new-privileges:true", "seccomp:unconfined", "apparmor=unconfined", "label=type:web_t"],
            },
        }).TaskTemplate.ContainerSpec!.Privileges!;

        Assert.True(privileges.NoNewPrivileges);
        Assert.Equal(("unconfined", "disabled"), (privileges.Seccomp!.Mode, privileges.AppArmor!.Mode));
        Assert.Equal("web_t", privileges.SeLinuxContext!.Type);
        Assert.Equal(new ContainerPrivileges(), SpecOf(Web).TaskTemplate.ContainerSpec!.Privileges);
    }

    [Fact]
    public void A_seccomp_profile_travels_with_the_service_and_one_of_AppArmor_by_its_name()
    {
        ContainerSpec spec = SpecOf(Web with
        {
            Run = new() { SecurityOptions = ["""seccomp={"defaultAction":"SCMP_ACT_ALLOW"}""", "apparmor=mine"] },
        }).TaskTemplate.ContainerSpec!;

        Assert.Equal("custom", spec.Privileges!.Seccomp!.Mode);
        Assert.Equal("""{"defaultAction":"SCMP_ACT_ALLOW"}"""u8, spec.Privileges.Seccomp.Profile!);
        Assert.Null(spec.Privileges.AppArmor);
        Assert.Equal("mine", spec.Labels!["skep.run.apparmor"]);
        Assert.Equal("default", SpecOf(Web with { Run = new() { SecurityOptions = ["seccomp=builtin"] } })
            .TaskTemplate.ContainerSpec!.Privileges!.Seccomp!.Mode);
    }

    [Fact]
    public void What_a_service_cannot_have_is_refused_by_name()
    {
        Assert.Equal(
            "stack.yml:7: services.web.pid: label skep.run.pid: \"service:db\" is not possible; use host",
            Refusal(Web with { Run = new() { Pid = "service:db" } }));
        Assert.Equal(
            "stack.yml:7: services.web.security_opt: writable-cgroups: no such thing can be had in a service",
            Refusal(Web with { Run = new() { SecurityOptions = ["writable-cgroups=true"] } }));
        Assert.StartsWith(
            "stack.yml:7: services.web.security_opt: label=colour:red is not label=disable",
            Refusal(Web with { Run = new() { SecurityOptions = ["label=colour:red"] } }));
    }
}
