using System.Diagnostics;
using Skep.Cli;
using Skep.Cli.Client;
using Skep.Docker.Engine;
using Skep.Linux.Files;

namespace Skep.Tests.Cli.Client;

public sealed class ClientSettingsTests : IDisposable
{
    // A helper that keeps what it is told in a file beside it, and answers as the protocol wants.
    private const string Helper = """
        #!/bin/sh
        store=$(dirname "$0")/kept
        read -r input
        case $1 in
        store) echo "$input" > "$store" ;;
        erase) echo "$input" > "$store.erased"; rm -f "$store" ;;
        get) [ "$input" = broken ] && { echo oops; exit 3; }
            [ "$input" = endless ] && exec yes
            [ -f "$store" ] && cat "$store" || { echo credentials not found in native keychain; exit 1; } ;;
        esac
        """;

    private static readonly string programs;
    private readonly string folder = Directory.CreateTempSubdirectory("skep-settings").FullName;

    // Not an initializer: a test that names no field needs the program too.
    static ClientSettingsTests() => programs = MakePrograms();

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        File.Delete(Path.Combine(programs, "kept"));
    }

    [Fact]
    public void A_change_keeps_everything_else_in_the_file()
    {
        Write("""{"auths":{"a.b":{"auth":"dTpw"}},"psFormat":"x","own":{"k":[1]}}""");
        ClientSettings settings = ClientSettings.Load(folder);
        settings.SetCurrentContext("one");
        Assert.Equal("one", settings.CurrentContext);
        Assert.Equal(
            "{\n\t\"auths\": {\n\t\t\"a.b\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t},\n\t\"psFormat\": \"x\",\n"
            + "\t\"own\": {\n\t\t\"k\": [\n\t\t\t1\n\t\t]\n\t},\n\t\"currentContext\": \"one\"\n}",
            File.ReadAllText(settings.FilePath));
        settings.SetCurrentContext("");
        Assert.DoesNotContain("currentContext", File.ReadAllText(settings.FilePath));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_behind_a_link_stays_behind_it(bool isThere)
    {
        if (isThere)
        {
            File.WriteAllText(Path.Combine(folder, "real"), "{}");
        }

        File.CreateSymbolicLink(Path.Combine(folder, "config.json"), "real");
        ClientSettings.Load(folder).SetCurrentContext("one");
        Assert.Contains("one", File.ReadAllText(Path.Combine(folder, "real")));
        Assert.NotNull(File.ResolveLinkTarget(Path.Combine(folder, "config.json"), returnFinalTarget: false));
    }

    [Fact]
    public void Without_a_helper_a_password_stands_in_the_file()
    {
        Write("""{"auths":{"other":{}}}""");
        ClientSettings settings = ClientSettings.Load(folder);
        Assert.True(settings.SaveCredentials(Login("a.b", "us", "pä+?")));
        Assert.Equal("pä+?", ClientSettings.Load(folder).Credentials("a.b").Password);
        Assert.Contains("\"auth\": \"dXM6cMOkKz8=\"", File.ReadAllText(settings.FilePath));
        settings.RemoveCredentials("a.b");
        Assert.Null(ClientSettings.Load(folder).Credentials("a.b").Username);
    }

    [Theory]
    [InlineData("{nojson", "it is not JSON from line 1, byte 2 on")]
    [InlineData("[]", "it is a JSON Array, not an object")]
    public void A_broken_file_is_told_of_and_never_written(string content, string complaint)
    {
        Write(content);
        ClientSettings settings = ClientSettings.Load(folder);
        Assert.Equal(("", complaint), (settings.Format("ps"), settings.Complaint));
        Assert.Equal($"{settings.FilePath} is left as it is, since {complaint}: mend it first",
            Assert.Throws<CommandFailedException>(() => settings.SaveCredentials(Login("a.b", "us", "pw"))).Message);
        Assert.Equal(content, File.ReadAllText(settings.FilePath));
    }

    [Fact]
    public void A_folder_in_the_file_s_place_is_told_of()
    {
        Directory.CreateDirectory(Path.Combine(folder, "config.json"));
        Assert.NotNull(ClientSettings.Load(folder).Complaint);
    }

    [Fact]
    public void An_empty_file_is_as_good_as_none()
    {
        Write("\n");
        ClientSettings settings = ClientSettings.Load(folder);
        settings.SetCurrentContext("one");
        Assert.Equal((null, "one"), (settings.Complaint, ClientSettings.Load(folder).CurrentContext));
    }

    [Fact]
    public void Who_logs_in_as_before_is_not_warned_again()
    {
        ClientSettings settings = ClientSettings.Load(folder);
        Assert.True(settings.SaveCredentials(Login("a.b", "us", "pw")));
        Assert.False(settings.SaveCredentials(Login("a.b", "us", "pw")));
        Assert.True(settings.SaveCredentials(Login("a.b", "us", "other")));
    }

    [Theory]
    [InlineData("""{"auths":{},"credsStore":"skeptest"}""")]
    [InlineData("""{"auths":{},"credsStore":"nosuch","credHelpers":{"a.b":"skeptest"}}""")]
    public void A_helper_keeps_what_the_file_does_not(string file)
    {
        Write(file);
        ClientSettings settings = ClientSettings.Load(folder);
        Assert.Null(settings.Credentials("a.b").Username);
        Assert.False(settings.SaveCredentials(Login("a.b", "us", "pw")));
        Assert.Equal(
            """{"ServerURL":"a.b","Username":"us","Secret":"pw"}""",
            File.ReadAllText(Path.Combine(programs, "kept")).Trim());
        Assert.DoesNotContain("\"auth\"", File.ReadAllText(settings.FilePath));
        Assert.Contains("\"a.b\": {}", File.ReadAllText(settings.FilePath));

        AuthConfig kept = ClientSettings.Load(folder).Credentials("a.b");
        Assert.Equal(("us", "pw", "a.b"), (kept.Username, kept.Password, kept.ServerAddress));
        settings.RemoveCredentials("a.b");
        Assert.Equal("a.b", File.ReadAllText(Path.Combine(programs, "kept.erased")).Trim());
        Assert.DoesNotContain("a.b", File.ReadAllText(settings.FilePath).Split("credHelpers")[0]);
    }

    [Fact]
    public void A_token_goes_to_the_helper_under_the_name_of_tokens()
    {
        Write("""{"credsStore":"skeptest"}""");
        ClientSettings settings = ClientSettings.Load(folder);
        settings.SaveCredentials(new AuthConfig { Username = "us", IdentityToken = "tok", ServerAddress = "c.d" });
        AuthConfig kept = settings.Credentials("c.d");
        Assert.Equal((null, "tok"), (kept.Username, kept.IdentityToken));
    }

    [Fact]
    public void A_helper_that_fails_is_named()
    {
        Write("""{"credsStore":"skeptest","credHelpers":{"x.y":"nosuch"}}""");
        ClientSettings settings = ClientSettings.Load(folder);
        Assert.Equal(
            "error getting credentials - err: exit status 3, out: `oops`",
            Assert.Throws<CommandFailedException>(() => settings.Credentials("broken")).Message);
        Assert.Equal(
            "error getting credentials - err: exec: \"docker-credential-nosuch\": "
            + "executable file not found in $PATH, out: ``",
            Assert.Throws<CommandFailedException>(() => settings.Credentials("x.y")).Message);
    }

    [Fact]
    public void A_helper_that_is_missing_is_named_with_what_it_should_have_done()
    {
        Write("""{"credHelpers":{"x.y":"nosuch"}}""");
        ClientSettings settings = ClientSettings.Load(folder);
        const string missing =
            "exec: \"docker-credential-nosuch\": executable file not found in $PATH, out: ``";
        Assert.Equal($"error storing credentials - err: {missing}", Assert.Throws<CommandFailedException>(
            () => settings.SaveCredentials(Login("x.y", "us", "pw"))).Message);
        Assert.Equal($"error erasing credentials - err: {missing}", Assert.Throws<CommandFailedException>(
            () => settings.RemoveCredentials("x.y")).Message);
    }

    [Fact]
    public void A_helper_that_never_ends_its_answer_is_ended()
    {
        Write("""{"credsStore":"skeptest"}""");
        Assert.Equal(
            "error getting credentials: docker-credential-skeptest answered with 1048576 bytes or more",
            Assert.Throws<CommandFailedException>(() => ClientSettings.Load(folder).Credentials("endless")).Message);
    }

    [Fact]
    public void A_new_file_is_its_owner_s_alone_whatever_lies_beside_it()
    {
        string beside = Path.Combine(folder, "config.json.new");
        File.WriteAllText(beside, "somebody else's");
        File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        ClientSettings settings = ClientSettings.Load(folder);
        settings.SetCurrentContext("one");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(settings.FilePath));
        Assert.Equal("somebody else's", File.ReadAllText(beside));
    }

    [Fact]
    public void A_file_that_its_owner_has_opened_to_others_stays_open_to_them()
    {
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite;
        Write("{}");
        ClientSettings settings = ClientSettings.Load(folder);
        File.SetUnixFileMode(settings.FilePath, open);
        settings.SetCurrentContext("one");
        Assert.Equal(open, File.GetUnixFileMode(settings.FilePath));
        Assert.Equal([settings.FilePath], Directory.EnumerateFileSystemEntries(folder));
    }

    /// <summary>As when somebody logs in with sudo: his own client must still read his file.</summary>
    [Fact]
    public void A_file_that_root_writes_stays_its_owner_s()
    {
        Write("{}");
        Give("config.json", 1234, 2345);
        ClientSettings.Load(folder).SetCurrentContext("one");
        using SafeRoot root = SafeRoot.Open(folder);
        FileFacts after = root.Stat("config.json", LastLink.Keep);
        Assert.Equal((1234u, 2345u), (after.Uid, after.Gid));
        Assert.Contains("one", File.ReadAllText(Path.Combine(folder, "config.json")));
    }

    [Fact]
    public void Proxies_are_those_of_the_daemon_or_the_usual_ones()
    {
        Write("""{"proxies":{"default":{"httpProxy":"p","noProxy":"n"},"tcp://h:1":{"httpsProxy":"s"}}}""");
        ClientSettings settings = ClientSettings.Load(folder);
        Assert.Equal(["HTTP_PROXY", "NO_PROXY", "http_proxy", "no_proxy"], settings.Proxies("unix:///x").Keys);
        Assert.Equal("s", settings.Proxies("tcp://h:1")["https_proxy"]);
    }

    [Fact]
    public void Usual_filters_of_prune_yield_to_the_opposite_label()
    {
        IEnumerable<string> filters = Pruning.WithUsual(
            ["label=keep", "label!=x", "until=24h", "bad"], ["label!=keep"]);
        Assert.Equal(["label!=keep", "label!=x", "until=24h"], filters);
    }

    private void Give(string name, uint uid, uint gid)
    {
        using SafeRoot root = SafeRoot.Open(folder);
        using FileObject file = root.Get(name, LastLink.Keep);
        file.SetOwner(uid, gid);
    }

    private void Write(string json) => File.WriteAllText(Path.Combine(folder, "config.json"), json);

    private static AuthConfig Login(string server, string user, string password) =>
        new() { ServerAddress = server, Username = user, Password = password };

    private static string MakePrograms()
    {
        string made = Directory.CreateTempSubdirectory("skep-programs").FullName;
        string path = Path.Combine(made, "docker-credential-skeptest");

        // Written by a process of its own: whoever forks while we have the file open would make it busy.
        const string write = "printf '%s' \"$1\" >\"$2\"; chmod 500 \"$2\"";
        using Process shell = Process.Start("sh", ["-c", write, "sh", Helper, path]);
        shell.WaitForExit();
        Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:{made}");
        return made;
    }
}
