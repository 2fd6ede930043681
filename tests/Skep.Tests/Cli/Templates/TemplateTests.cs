using System.Text.Json;
using Skep.Docker.Templates;
using Skep.Docker.Engine;

namespace Skep.Tests.Cli.Templates;

/// <summary>Every expectation here was taken from docker 28.2.2, given the same template and object.</summary>
public sealed class TemplateTests
{
    private const string Container = """
        {"Id":"1e4b85730e7157e0a7037ca420b1a61062e0a90adc72eace36953ebac7deaf8a",
         "Created":"2026-11-22T10:30:37.588843953Z","Path":"sleep","Args":["100000"],
         "State":{"Status":"running","Running":true,"Paused":false,"Restarting":false,"OOMKilled":false,
          "Dead":false,"Pid":186,"ExitCode":0,"Error":"","StartedAt":"2026-11-22T10:30:38.194187669Z",
          "FinishedAt":"0001-01-01T00:00:00Z"},
         "Name":"/one","HostConfig":{"Memory":0,"OomKillDisable":false,"PortBindings":{}},"Mounts":[],
         "GraphDriver":{"Data":{"b":"2","a":"1"},"Name":"overlay2"},
         "Config":{"Env":null,"Cmd":["sleep","100000"],"Labels":{"k":"v"}},
         "NetworkSettings":{"Ports":{},"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}}}
        """;

    [Theory]
    [InlineData("{{.State.Pid}}", "186")]
    [InlineData("{{.State}}",
        "{running true false false false false 186 0  2026-11-22T10:30:38.194187669Z 0001-01-01T00:00:00Z <nil>}")]
    [InlineData("{{.Config.Env}}", "[]")]
    [InlineData("{{json .Config.Env}}", "null")]
    [InlineData("{{range .Config.Env}}{{.}},{{end}}", "")]
    [InlineData("{{if .State.Health}}x{{else}}y{{end}}", "y")]
    [InlineData("{{printf \"%q %v %d %5s|%-5s|%05d %t %x\" .Name .State.Running .State.Pid \"a\" \"b\" 7 true 255}}",
        "\"/one\" true 186     a|b    |00007 true ff")]
    [InlineData("{{range $k,$v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}}{{end}}", "bridge=172.17.0.2")]
    [InlineData("{{.HostConfig.PortBindings}}", "map[]")]
    [InlineData("{{len .Config.Env}} {{eq 1 1}} {{ne \"a\" \"b\"}} {{and 1 0}} {{or 0 \"x\"}} {{not true}}",
        "0 true true 0 x false")]
    [InlineData("{{slice .ID 0 5}} {{truncate .ID 3}} {{pad \"a\" 1 2}}|{{upper \"abc\"}} {{title \"abc def\"}} "
        + "{{split \"a,b\" \",\"}} {{join .Config.Cmd \"+\"}}",
        "1e4b8 1e4  a  |ABC Abc Def [a b] sleep+100000")]
    [InlineData("{{.HostConfig.Memory}} {{.HostConfig.OomKillDisable}} {{.HostConfig.Init}} {{.SizeRw}}",
        "0 false <nil> <nil>")]
    [InlineData("{{- /* c */ -}} x {{- \" y\" -}} z", "x yz")]
    [InlineData("{{with .State}}{{.Status}}{{end}}{{\"\\n\"}}{{`raw`}} {{println 1 2 \"a\"}}",
        "running\nraw 1 2 a\n")]
    [InlineData("{{.Config.Labels.foo}} {{index .Config.Labels \"x\"}}|", "<no value> |")]
    [InlineData("{{1.5}} {{1e3}} {{0x10}}", "1.5 1000 16")]
    [InlineData("{{.Created}} {{.Mounts}} {{.Args}}", "2026-11-22T10:30:37.588843953Z [] [100000]")]
    [InlineData("{{html \"<a>\"}} {{js \"x\"}} {{urlquery \"a b\"}} {{print 1 2 \"a\" \"b\"}}",
        "&lt;a&gt; x a+b 1 2ab")]
    [InlineData("{{range .Args}}{{break}}{{end}}x", "x")]
    [InlineData("{{.GraphDriver.Data}}", "map[a:1 b:2]")]
    [InlineData("{{range $i, $e := .Args}}{{$i}}:{{$e}}{{else}}none{{end}}", "0:100000")]
    [InlineData("{{range .Mounts}}x{{else}}none{{end}}", "none")]
    [InlineData("{{$x := .Name}}{{$x}} {{$y := 3}}{{if gt $y 2}}big{{else if eq $y 2}}two{{else}}small{{end}}",
        "/one big")]
    [InlineData("{{.Name | printf \"%s-%s\" .Path}}", "sleep-/one")]
    [InlineData("{{(index .Args 0) | printf \"%s!\"}}", "100000!")]
    public void A_template_says_what_docker_says(string template, string expected) =>
        Assert.Equal(expected, Typed(template));

    [Theory]
    [InlineData("{{.Foo}}", ":1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"")]
    [InlineData("{{.State.Health.Status}}",
        ":1:8: executing \"\" at <.State.Health.Status>: map has no entry for key \"Health\"")]
    [InlineData("{{.Foo.Bar}}", ":1:6: executing \"\" at <.Foo.Bar>: map has no entry for key \"Foo\"")]
    [InlineData("{{index .Config.Env 0}}",
        ":1:2: executing \"\" at <index .Config.Env 0>: error calling index: index of untyped nil")]
    [InlineData("{{ lt 1 \"a\" }}",
        ":1:3: executing \"\" at <lt 1 \"a\">: error calling lt: incompatible types for comparison")]
    [InlineData("{{upper 1}}", ":1:8: executing \"\" at <1>: expected string; found 1")]
    [InlineData("{{.Path.Foo}}",
        ":1:7: executing \"\" at <.Path.Foo>: can't evaluate field Foo in type interface {}")]
    [InlineData("{{nil}}", ":1:2: executing \"\" at <nil>: nil is not a command")]
    [InlineData("{{join .Args \"+\"}}",
        ":1:7: executing \"\" at <.Args>: wrong type for value; expected []string; got []interface {}")]
    public void Raw_JSON_refuses_what_docker_refuses(string template, string expected)
    {
        using JsonDocument document = JsonDocument.Parse(Container);
        var refusal = Assert.Throws<TemplateException>(() =>
            Template.Parse(template).Execute(GoJson.Raw(document.RootElement), refuseMissingKeys: true));
        Assert.Equal("template: " + expected, refusal.Message);
    }

    [Theory]
    [InlineData("{{foo}}", "function \"foo\" not defined")]
    [InlineData("{{.Name", "unclosed action")]
    [InlineData("{{if}}", "missing value for if")]
    [InlineData("{{end}}", "unexpected {{end}}")]
    [InlineData("{{break}}", "{{break}} outside {{range}}")]
    [InlineData("{{if .A}}", "unexpected EOF")]
    [InlineData("{{.Name}'", "bad character U+007D '}'")]
    [InlineData("{{.Name.}}", "unexpected <.> in operand")]
    [InlineData("{{ }}", "missing value for command")]
    [InlineData("{{$x}}", "undefined variable \"$x\"")]
    [InlineData("{{\"abc}}", "unterminated quoted string")]
    public void A_malformed_template_is_refused_in_docker_s_words(string template, string expected)
    {
        var refusal = Assert.Throws<TemplateException>(() => Template.Parse(template));
        Assert.Equal($"template: :1: {expected}", refusal.Message);
    }

    [Fact]
    public void Fields_that_the_daemon_left_out_stay_out_of_JSON()
    {
        Assert.Equal("""{"Env":null,"Cmd":["sleep","100000"],"Labels":{"k":"v"}}""", Typed("{{json .Config}}"));
    }

    [Fact]
    public void Numbers_print_whole_whatever_their_size()
    {
        using JsonDocument document = JsonDocument.Parse("""{"a":25276510208,"b":0.5}""");
        Assert.Equal("25276510208 0.5", Template.Parse("{{.a}} {{.b}}").Execute(GoJson.Raw(document.RootElement)));
    }

    [Fact]
    public void Output_of_docker_for_wrong_verbs_is_kept()
    {
        Assert.Equal("%!d(string=x) %!s(MISSING) 7%",
            Template.Parse("{{printf \"%d %s\" \"x\"}} {{printf \"%d%%\" 7}}").Execute(null));
        Assert.Equal("a%!(EXTRA string=b)", Template.Parse("{{printf \"%s\" \"a\" \"b\"}}").Execute(null));
    }

    private static string Typed(string template)
    {
        using JsonDocument document = JsonDocument.Parse(Container);
        return Template.Parse(template)
            .Execute(GoJson.Typed(document.RootElement, EngineJson.Default.ContainerInspect));
    }
}
