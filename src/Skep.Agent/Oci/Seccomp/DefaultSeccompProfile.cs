namespace Skep.Agent.Oci;

/// <summary>
/// The profile of every container that does not bring its own: what is not named here fails with EPERM.
/// </summary>
/// <remarks>
/// Values are Docker's, so that what runs there runs here, and what is kept out there is kept out here.
/// </remarks>
internal static class DefaultSeccompProfile
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Fail = "SCMP_ACT_ERRNO";
    private const uint NotPermitted = 1;

    /// <summary>"No such call": libc then uses clone, whose flags a filter can look at.</summary>
    private const uint NotImplemented = 38;

    /// <summary>CLONE_NEW* of the namespaces mount, UTS, IPC, user, PID, network and cgroup.</summary>
    private const ulong NewNamespaces = 0x7E020000;

    private static readonly string[] S390 = ["s390", "s390x"];

    public static SeccompProfile Value { get; } = new()
    {
        DefaultAction = Fail,
        DefaultErrnoRet = NotPermitted,
        ArchMap =
        [
            Family("X86_64", "X86", "X32"),
            Family("AARCH64", "ARM"),
            Family("S390X", "S390"),
            Family("RISCV64"),
        ],
        Syscalls =
        [
            new ProfileRule { Names = SyscallNames.AlwaysAllowed, Action = Allow },

            // Before 4.8 a traced process could get past its filter.
            new ProfileRule
            {
                Names = ["process_vm_readv", "process_vm_writev", "ptrace"],
                Action = Allow,
                Includes = new RuleCondition { MinKernel = "4.8" },
            },
            .. Sockets(),
            .. Personalities(),
            .. ForArchitectures(),
            .. ForCapabilities(),
            .. Clone(),
        ],
    };

    /// <summary>All families but AF_ALG (38) and AF_VSOCK (40); rules on one argument are joined by "or".</summary>
    private static IEnumerable<ProfileRule> Sockets() =>
    [
        WithArgument("socket", 0, "SCMP_CMP_LT", 38),
        WithArgument("socket", 0, "SCMP_CMP_EQ", 39),
        WithArgument("socket", 0, "SCMP_CMP_GT", 40),
    ];

    private static IEnumerable<ProfileRule> Personalities()
        => new ulong[] { 0x0, 0x8, 0x20000, 0x20008, 0xffffffff }
            .Select(persona => WithArgument("personality", 0, "SCMP_CMP_EQ", persona));

    private static IEnumerable<ProfileRule> ForArchitectures() =>
    [
        OnArchitectures(["ppc64le"], "sync_file_range2 swapcontext"),
        OnArchitectures(["arm", "arm64"],
            "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls"),
        OnArchitectures(["amd64", "x32"], "arch_prctl"),
        OnArchitectures(["amd64", "x32", "x86"], "modify_ldt"),
        OnArchitectures(S390, "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr"),
        OnArchitectures(["riscv64"], "riscv_flush_icache"),
    ];

    private static IEnumerable<ProfileRule> ForCapabilities() =>
    [
        With("CAP_DAC_READ_SEARCH", "open_by_handle_at"),
        With("CAP_SYS_ADMIN",
            "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr "
            + "lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl "
            + "quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare"),
        With("CAP_SYS_BOOT", "reboot"),
        With("CAP_SYS_CHROOT", "chroot"),
        With("CAP_SYS_MODULE", "delete_module init_module finit_module"),
        With("CAP_SYS_PACCT", "acct"),
        With("CAP_SYS_PTRACE",
            "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace"),
        With("CAP_SYS_RAWIO", "iopl ioperm"),
        With("CAP_SYS_TIME", "settimeofday stime clock_settime clock_settime64"),
        With("CAP_SYS_TTY_CONFIG", "vhangup"),
        With("CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"),
        With("CAP_SYSLOG", "syslog"),
        With("CAP_BPF", "bpf"),
        With("CAP_PERFMON", "perf_event_open"),
    ];

    /// <summary>Processes yes, namespaces no, unless the container administers the system.</summary>
    private static IEnumerable<ProfileRule> Clone()
    {
        ProfileRule flags = WithArgument("clone", 0, "SCMP_CMP_MASKED_EQ", NewNamespaces);
        ProfileRule flagsOnS390 = WithArgument("clone", 1, "SCMP_CMP_MASKED_EQ", NewNamespaces);
        string[] administrator = ["CAP_SYS_ADMIN"];
        return
        [
            flags with { Excludes = new RuleCondition { Caps = administrator, Arches = S390 } },
            flagsOnS390 with
            {
                Includes = new RuleCondition { Arches = S390 },
                Excludes = new RuleCondition { Caps = administrator },
            },
            new ProfileRule
            {
                Names = ["clone3"],
                Action = Fail,
                ErrnoRet = NotImplemented,
                Excludes = new RuleCondition { Caps = administrator },
            },
        ];
    }

    private static ArchitectureFamily Family(string name, params string[] others) => new()
    {
        Architecture = "SCMP_ARCH_" + name,
        SubArchitectures = [.. others.Select(other => "SCMP_ARCH_" + other)],
    };

    private static ProfileRule WithArgument(string name, uint index, string op, ulong value) => new()
    {
        Names = [name],
        Action = Allow,
        Args = [new ProfileArgument { Index = index, Value = value, Op = op }],
    };

    private static ProfileRule OnArchitectures(string[] architectures, string names) => new()
    {
        Names = names.Split(' '),
        Action = Allow,
        Includes = new RuleCondition { Arches = architectures },
    };

    private static ProfileRule With(string capability, string names) => new()
    {
        Names = names.Split(' '),
        Action = Allow,
        Includes = new RuleCondition { Caps = [capability] },
    };
}
