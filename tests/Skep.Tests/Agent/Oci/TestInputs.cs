using System.Text;
using System.Text.Json;
using Skep.Agent.Oci;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Tests.Docker.Validation;

namespace Skep.Tests.Agent.Oci;

/// <summary>Containers to build specs of.</summary>
internal static class TestInputs
{
    public static SpecInputs For(ContainerConfig config, HostConfig host, KernelFacts? kernel = null) => new()
    {
        Config = config,
        HostConfig = HostConfigDefaults.Apply(host, kernel ?? TestKernel.Full, DaemonDefaults.Docker),
        Hostname = "0123456789ab",
        User = UserIdentity.Root,
        Kernel = kernel ?? TestKernel.Full,
        CgroupsPath = "/skep-test/0123456789ab",
    };

    public static SpecInputs Plain(HostConfig? host = null)
        => For(new ContainerConfig { Cmd = ["sh"] }, host ?? new HostConfig());

    /// <summary>For a person to read; the system call filter has tests of its own.</summary>
    public static string Readable(RuntimeSpec spec)
    {
        RuntimeSpec shortened = spec with { Linux = spec.Linux with { Seccomp = null } };
        using JsonDocument document = JsonDocument.Parse(
            JsonSerializer.SerializeToUtf8Bytes(shortened, OciJson.Default.RuntimeSpec));
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
