using Skep.Agent.Oci;
using Skep.Docker.Validation;
using Skep.Swarm;
using Skep.Tests.Docker.Validation;

namespace Skep.Tests.Agent.Oci;

public class SeccompTests
{
    [Fact]
    public void The_list_of_calls_that_are_always_allowed_is_complete()
    {
        Assert.Equal(361, SyscallNames.AlwaysAllowed.Count);
        Assert.Equal(361, SyscallNames.AlwaysAllowed.Distinct().Count());
    }

    [Theory]
    [InlineData("io_uring_setup")]
    [InlineData("keyctl")]
    [InlineData("add_key")]
    [InlineData("userfaultfd")]
    [InlineData("bpf")]
    [InlineData("mount")]
    [InlineData("unshare")]
    [InlineData("setns")]
    [InlineData("kexec_load")]
    [InlineData("ptrace")]
    [InlineData("clone")]
    [InlineData("socket")]
    [InlineData("personality")]
    public void Dangerous_calls_are_not_always_allowed(string name)
        => Assert.DoesNotContain(name, SyscallNames.AlwaysAllowed);

    [Fact]
    public void The_default_profile_is_decided_for_this_machine()
    {
        SeccompSpec filter = Default(Capabilities.Default);

        Assert.Equal("SCMP_ACT_ERRNO", filter.DefaultAction);
        Assert.Equal(1u, filter.DefaultErrnoRet);
        Assert.Equal(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], filter.Architectures);
        Assert.Contains(filter.Syscalls!, rule => rule.Names.Contains("arch_prctl"));
        Assert.Contains(filter.Syscalls!, rule => rule.Names.Contains("chroot"));
        Assert.Contains(filter.Syscalls!, rule => rule.Names.Contains("ptrace"));
        Assert.DoesNotContain(filter.Syscalls!, rule => rule.Names.Contains("mount"));
        Assert.DoesNotContain(filter.Syscalls!, rule => rule.Names.Contains("s390_runtime_instr"));
    }

    [Fact]
    public void Sockets_of_all_families_but_two_are_allowed()
    {
        var rules = Default(Capabilities.Default).Syscalls!.Where(rule => rule.Names.Contains("socket"))
            .Select(rule => Assert.Single(rule.Args!)).Select(argument => (argument.Op, argument.Value));

        Assert.Equal([("SCMP_CMP_LT", 38ul), ("SCMP_CMP_EQ", 39ul), ("SCMP_CMP_GT", 40ul)], rules);
    }

    [Fact]
    public void New_namespaces_are_for_administrators()
    {
        SyscallRuleSpec clone = Assert.Single(
            Default(Capabilities.Default).Syscalls!, rule => rule.Names.Contains("clone"));
        SyscallRuleSpec clone3 = Assert.Single(
            Default(Capabilities.Default).Syscalls!, rule => rule.Names.Contains("clone3"));

        Assert.Equal(new SyscallArgSpec(0, 0x7E020000, 0, "SCMP_CMP_MASKED_EQ"), Assert.Single(clone.Args!));
        Assert.Equal(("SCMP_ACT_ERRNO", 38u), (clone3.Action, clone3.ErrnoRet));

        SyscallRuleSpec administrators = Assert.Single(
            Default([.. Capabilities.Default, "CAP_SYS_ADMIN"]).Syscalls!, rule => rule.Names.Contains("clone"));
        Assert.Null(administrators.Args);
        Assert.Contains("clone3", administrators.Names);
    }

    [Fact]
    public void A_privileged_container_has_no_filter_unless_it_brings_one()
    {
        Assert.Null(SeccompFilter.For(null, null, true, Capabilities.Known, TestKernel.Full));
        Assert.NotNull(SeccompFilter.For(
            """{"defaultAction":"SCMP_ACT_ALLOW"}""", null, true, Capabilities.Known, TestKernel.Full));
        Assert.Null(SeccompFilter.For("unconfined", null, false, [], TestKernel.Full));
    }

    [Fact]
    public void The_daemons_profile_is_for_containers_that_choose_none()
    {
        const string OfDaemon = """{"defaultAction":"SCMP_ACT_LOG"}""";
        SeccompSpec? For(string? asked, string? ofDaemon = OfDaemon, bool privileged = false)
            => SeccompFilter.For(asked, ofDaemon, privileged, Capabilities.Default, TestKernel.Full);

        Assert.Equal("SCMP_ACT_LOG", For(null)!.DefaultAction);
        Assert.Equal("SCMP_ACT_ERRNO", For("builtin")!.DefaultAction);
        Assert.Equal("SCMP_ACT_KILL", For("""{"defaultAction":"SCMP_ACT_KILL"}""")!.DefaultAction);
        Assert.Null(For("unconfined"));
        Assert.Null(For(null, privileged: true));
        Assert.Null(For(null, "unconfined"));
        Assert.NotNull(For("builtin", "unconfined"));
    }

    [Fact]
    public void A_profile_in_dockers_format_is_decided_too()
    {
        const string Profile = """
            {
              "defaultAction": "SCMP_ACT_ALLOW",
              "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
              "syscalls": [
                {"name": "mkdir", "action": "SCMP_ACT_ERRNO"},
                {"names": ["chmod"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2, "comment": "x",
                 "excludes": {"caps": ["CAP_KILL"]}},
                {"names": ["chown"], "action": "SCMP_ACT_ERRNO", "includes": {"minKernel": "99.0"}},
                {"names": ["open"], "action": "SCMP_ACT_ERRNO",
                 "args": [{"index": 1, "value": 64, "valueTwo": 64, "op": "SCMP_CMP_MASKED_EQ"}]}
              ]
            }
            """;

        SeccompSpec filter = SeccompFilter.For(Profile, null, false, ["CAP_CHOWN"], TestKernel.Full)!;

        Assert.Equal(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], filter.Architectures);
        Assert.Equal(["mkdir", "chmod", "open"], filter.Syscalls!.Select(rule => rule.Names[0]));
        Assert.Equal(2u, filter.Syscalls![1].ErrnoRet);
        Assert.Equal(new SyscallArgSpec(1, 64, 64, "SCMP_CMP_MASKED_EQ"), Assert.Single(filter.Syscalls[2].Args!));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"architectures":["SCMP_ARCH_X86"],"archMap":[{"architecture":"a"}],"defaultAction":"a"}""")]
    [InlineData("""{"defaultAction":"a","syscalls":[{"name":"a","names":["b"],"action":"c"}]}""")]
    public void A_profile_that_makes_no_sense_is_refused(string profile)
        => Assert.Equal(ErrorKind.Invalid, Assert.Throws<RefusedException>(
            () => SeccompFilter.For(profile, null, false, [], TestKernel.Full)).Kind);

    [Fact]
    public void Without_seccomp_in_the_kernel_only_who_asks_for_none_starts()
    {
        KernelFacts kernel = TestKernel.Full with { Seccomp = false };

        Assert.Null(SeccompFilter.For("unconfined", null, false, [], kernel));
        Assert.Throws<RefusedException>(() => SeccompFilter.For(null, null, false, [], kernel));
    }

    private static SeccompSpec Default(IReadOnlyList<string> capabilities)
        => SeccompFilter.For(null, null, false, capabilities, TestKernel.Full)!;
}
