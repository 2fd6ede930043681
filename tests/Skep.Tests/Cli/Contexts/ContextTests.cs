using System.Formats.Tar;
using System.Text;
using Skep.Cli;
using Skep.Cli.Contexts;
using Skep.Tests.Linux.Files;

namespace Skep.Tests.Cli.Contexts;

public sealed class ContextTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly ContextStore store;

    public ContextTests() => store = new ContextStore(scratch.Path);

    public void Dispose() => scratch.Dispose();

    /// <summary>The file and its content are what docker 28.2.2 left for the same command.</summary>
    [Fact]
    public void A_context_is_kept_in_docker_s_file()
    {
        store.Write(new StoredContext("ee", "hey <&>", "", SkipsVerify: false));
        store.WriteTls("ee", new Dictionary<string, byte[]> { ["docker/ca.pem"] = "pem"u8.ToArray() });
        const string id = "27a84712e4b22c415fc544d55cdee82327a829f96d03329457f76ebf9af4dcaa";
        Assert.Equal(
            """{"Name":"ee","Metadata":{"Description":"hey \u003c\u0026\u003e"},"""
                + """
                "Endpoints":{"docker":{"SkipTLSVerify":false}}}
                """,
            File.ReadAllText(scratch[$"contexts/meta/{id}/meta.json"]));
        string pem = scratch[$"contexts/tls/{id}/docker/ca.pem"];
        Assert.Equal("pem", File.ReadAllText(pem));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(pem));
        Assert.Equal("hey <&>", store.Read("ee").Description);
    }

    [Fact]
    public void Certificates_of_other_endpoints_stay_when_docker_s_own_are_changed()
    {
        store.WriteTls("one", Files("docker/ca.pem", "docker/key.pem", "kubernetes/ca.pem"));
        store.WriteTls("one", "docker", Files("docker/cert.pem"));
        Assert.Equal(["docker/cert.pem", "kubernetes/ca.pem"], store.TlsFiles("one").Keys);
        store.WriteTls("one", "docker", Files());
        Assert.Equal(["kubernetes/ca.pem"], store.TlsFiles("one").Keys);
        Assert.False(Directory.Exists(Path.Combine(store.TlsFolder("one"), "docker")));
        store.WriteTls("one", Files());
        Assert.False(Directory.Exists(store.TlsFolder("one")));
    }

    [Fact]
    public void Certificates_that_cannot_be_replaced_are_not_lost()
    {
        store.WriteTls("one", Files("docker/ca.pem", "docker/key.pem"));
        Directory.CreateDirectory(Path.Combine(store.TlsFolder("one"), "docker/cert.pem"));
        Assert.ThrowsAny<IOException>(() => store.WriteTls("one", "docker", Files("docker/cert.pem")));
        Assert.Equal(["docker/ca.pem", "docker/key.pem"], store.TlsFiles("one").Keys);
    }

    [Fact]
    public void What_other_programs_added_to_a_context_stays()
    {
        const string json = """{"Name":"k8s","Metadata":{"Own":[1]},"Endpoints":{"kubernetes":{"Host":"h"}}}""";
        StoredContext context = StoredContext.Parse(Encoding.UTF8.GetBytes(json));
        Assert.False(context.HasEndpoint);
        Assert.Equal(
            """{"Name":"k8s","Metadata":{"Description":"d","Own":[1]},"Endpoints":{"kubernetes":{"Host":"h"}}}""",
            Encoding.UTF8.GetString((context with { Description = "d" }).ToJson()));
    }

    [Fact]
    public void A_context_that_is_not_there_is_refused_with_the_path_of_its_file() => Assert.Equal(
        $"context \"no\": context not found: open {store.MetaFolder("no")}/meta.json: no such file or directory",
        Assert.Throws<CommandFailedException>(() => store.Read("no")).Message);

    [Theory]
    [InlineData("", "context name cannot be empty")]
    [InlineData("default", "\"default\" is a reserved context name")]
    [InlineData(
        "a b", "context name \"a b\" is invalid, names are validated against regexp \"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$\"")]
    public void Names_that_docker_refuses_are_refused(string name, string message) => Assert.Equal(
        message, Assert.Throws<CommandFailedException>(() => ContextStore.CheckName(name)).Message);

    [Fact]
    public void An_exported_context_comes_back_with_its_certificates()
    {
        var context = new StoredContext("one", "d", "tcp://h:1", SkipsVerify: true);
        byte[] archive = ContextArchive.Pack(
            context, new Dictionary<string, byte[]> { ["docker/ca.pem"] = "ca"u8.ToArray() });
        Dictionary<string, byte[]> files = ContextArchive.Unpack(new MemoryStream(archive));
        Assert.Equal(["meta.json", "tls/docker/ca.pem"], files.Keys);
        Assert.Equal("tcp://h:1", StoredContext.Parse(files["meta.json"]).Host);
        Assert.Equal("ca"u8.ToArray(), files["tls/docker/ca.pem"]);
    }

    [Theory]
    [InlineData("../meta.json", "../meta.json: unexpected context file")]
    [InlineData("tls/docker/../../x", "tls/docker/../../x: unexpected path format")]
    [InlineData("tls/ca.pem", "tls/ca.pem: archive format is invalid")]
    public void An_archive_cannot_write_outside_its_context(string path, string message)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream([1]) });
        }

        archive.Position = 0;
        Assert.Equal(message, Assert.Throws<CommandFailedException>(() => ContextArchive.Unpack(archive)).Message);
    }

    [Theory]
    [InlineData("foo=a,bar=b", "unrecognized config key: foo\nunrecognized config key: bar")]
    [InlineData("ca=/no/such", "open /no/such: no such file or directory")]
    [InlineData("skip-tls-verify=xx", "skip-tls-verify: parsing \"xx\": invalid syntax")]
    public void A_wrong_endpoint_is_refused(string value, string message) => Assert.Equal(
        $"unable to create docker endpoint config: {message}",
        Assert.Throws<CommandFailedException>(() => EndpointSetting.Read([value], store)).Message);

    private static Dictionary<string, byte[]> Files(params string[] names) =>
        names.ToDictionary(name => name, name => Encoding.UTF8.GetBytes(name));
}
