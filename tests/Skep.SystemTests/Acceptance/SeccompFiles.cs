namespace Skep.SystemTests.Acceptance;

/// <summary>System call profiles as Docker's users write them.</summary>
internal static class SeccompFiles
{
    /// <summary>
    /// Folders cannot be made; links only with NET_ADMIN; with SYS_ADMIN the name cannot be set. Rules for kernels that
    /// do not exist yet and for calls that none has do not count.
    /// </summary>
    public const string Profile = """
        {
          "defaultAction": "SCMP_ACT_ALLOW",
          "archMap": [
            {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]}
          ],
          "syscalls": [
            {"names": ["mkdir", "mkdirat", "nosuchcall"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28},
            {"names": ["symlink", "symlinkat"], "action": "SCMP_ACT_ERRNO", "excludes": {"caps": ["CAP_NET_ADMIN"]}},
            {"names": ["sethostname"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5,
             "includes": {"caps": ["CAP_SYS_ADMIN"]}},
            {"names": ["openat", "open"], "action": "SCMP_ACT_ERRNO", "includes": {"minKernel": "99.1"}}
          ]
        }
        """;
}
