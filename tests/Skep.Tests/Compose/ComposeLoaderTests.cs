using Skep.Docker.Compose;

namespace Skep.Tests.Compose;

public sealed class ComposeLoaderTests
{
    private readonly Dictionary<string, string> files = [];
    private readonly Dictionary<string, string> variables = [];
    private readonly List<string> reads = [];

    [Fact]
    public void A_service_is_a_record_with_numbers_in_one_unit()
    {
        ComposeService web = Assert.Single(Load("""
            services:
              web:
                image: a
                command: run "it all"
                stop_grace_period: 1m30s
                shm_size: 2g
                ports: ["8080-8081:80-81/udp"]
                deploy:
                  replicas: 3
                  resources: {limits: {cpus: "0.5", memory: 50M}}
                  update_config: {delay: 10s, max_failure_ratio: 0.25}
                ulimits: {nofile: 5, core: {soft: 1, hard: 2}}
                healthcheck: {test: exit 0, interval: 2s}
            """).Services);

        Assert.Equal(["run", "it all"], web.Command!.Value);
        Assert.Equal(90_000_000_000, web.StopGraceNanoseconds);
        Assert.Equal(["/dev/shm:size=2097152k"], web.Tmpfs);
        Assert.Equal(
            [(8080u, 80u, "udp"), (8081u, 81u, "udp")],
            web.Ports.Select(port => (port.Published, port.Target, port.Protocol)));
        Assert.Equal(3ul, web.Deploy.Replicas);
        Assert.Equal(("0.5", 52_428_800), (web.Deploy.Limits!.Cpus, web.Deploy.Limits.MemoryBytes));
        Assert.Equal((10_000_000_000, 0.25f), (web.Deploy.Update!.DelayNanoseconds, web.Deploy.Update.MaxFailureRatio));
        Assert.Equal(new ComposeUlimit(5, 5), web.Ulimits["nofile"]);
        Assert.Equal(new ComposeUlimit(1, 2), web.Ulimits["core"]);
        Assert.Equal(["CMD-SHELL", "exit 0"], web.Health!.Test);
        Assert.Equal(3, web.PlaceOf("image").Line);
    }

    [Fact]
    public void A_secret_holds_the_value_of_its_variable_and_does_not_show_it()
    {
        variables["TOKEN"] = "hidden";
        ComposeFileObject secret = Assert.Single(Load("secrets: {s: {environment: TOKEN}}").Secrets);

        Assert.Equal("hidden", secret.Content);
        Assert.DoesNotContain("hidden", secret.ToString());
    }

    [Fact]
    public void A_secret_without_its_variable_is_refused() => Assert.Equal(
        "c.yml:1: secrets.s.environment: the variable \"TOKEN\" is required and is not set",
        Assert.Throws<ComposeException>(() => Load("secrets: {s: {environment: TOKEN}}")).Message);

    [Fact]
    public void A_secret_of_an_included_file_has_the_value_that_the_variable_has_there()
    {
        files["/p/.env"] = "OUTER=ours";
        files["/p/sub/.env"] = "TOKEN=theirs\nOUTER=theirs";
        files["/p/sub/a.yml"] = "secrets: {s: {environment: TOKEN}}\nconfigs: {c: {environment: OUTER}}";
        ComposeProject project = Load("include: [sub/a.yml]\nservices: {}");

        Assert.Equal("theirs", Assert.Single(project.Secrets).Content);
        Assert.Equal("ours", Assert.Single(project.Configs).Content);
    }

    [Fact]
    public void The_shell_counts_more_than_the_file_of_variables()
    {
        files["/p/.env"] = "A=file\nB=file";
        variables["A"] = "shell";
        ComposeProject project = Load("services: {a: {image: \"${A}-${B}\"}}");

        Assert.Equal("shell-file", project.Services[0].Image);
        Assert.Equal(["/p/.env"], project.VariableFiles);
    }

    [Fact]
    public void A_gate_to_a_service_that_is_not_there_is_refused_unless_it_need_not_be_there()
    {
        const string text = """
            services:
              a:
                image: x
                depends_on:
                  b: {condition: service_healthy, required: true}
                  c: {condition: service_started, required: false}
              b: {image: x, profiles: [other]}
            """;

        Assert.Contains(
            ":5: services.a.depends_on: service \"a\" depends on undefined service \"b\": add it, make one of its "
            + "profiles active, or say required: false",
            Assert.Throws<ComposeException>(() => Load(text)).Message);
        Assert.Empty(Load(text.Replace("true", "false")).Services[0].DependsOn);
    }

    [Fact]
    public void Names_alone_are_a_gate_in_the_specification_and_nothing_in_version_3()
    {
        const string text = "services: {a: {image: x, depends_on: [b]}, b: {image: x}}";

        ComposeStartGate gate = Assert.Single(Load(text).Services[0].DependsOn);
        Assert.Equal(("b", "service_started"), (gate.Service, gate.Condition));
        Assert.Empty(Load(text).Warnings);
        ComposeProject old = Load("version: \"3.8\"\n" + text);
        Assert.Empty(old.Services[0].DependsOn);
        Assert.Contains(
            "services.a.depends_on: version 3 does not hold starts back", Assert.Single(old.Warnings).ToString());
    }

    [Fact]
    public void Options_that_version_3_reads_and_ignores_count_in_the_specification()
    {
        const string text = """
            services:
              a:
                image: x
                privileged: true
                pid: host
                devices: ["/dev/fuse"]
                security_opt: [no-new-privileges]
            """;

        ComposeProject project = Load(text);
        ComposeRunOptions run = project.Services[0].Run;
        Assert.Equal((true, "host"), (run.IsPrivileged, run.Pid));
        Assert.Equal(["/dev/fuse"], run.Devices);
        Assert.Equal(["no-new-privileges"], run.SecurityOptions);
        Assert.Empty(project.Warnings);
        ComposeProject old = Load("version: \"3.8\"\n" + text);
        Assert.Equal(new ComposeRunOptions(), old.Services[0].Run);
        Assert.Equal(4, old.Warnings.Count);
    }

    [Fact]
    public void No_restart_is_no_restart_and_told_where_version_3_cannot_say_it()
    {
        const string text = "services: {a: {image: x, restart: \"no\"}}";

        Assert.Equal("no", Assert.Single(Load(text).Services).Run.Restart);
        ComposeProject old = Load("version: \"3.8\"\n" + text);
        Assert.Null(Assert.Single(old.Services).Run.Restart);
        Assert.Equal(
            "c.yml:2: services.a.restart: the swarm starts it again all the same: "
                + "say deploy.restart_policy.condition: none",
            Assert.Single(old.Warnings).ToString());
    }

    [Theory]
    [InlineData("scale: 2", "replicas: 3", "'scale' and 'deploy.replicas'")]
    [InlineData("cpus: 1", "resources: {limits: {cpus: \"2\"}}", "'cpus' and 'deploy.resources.limits.cpus'")]
    [InlineData("mem_limit: 1g", "resources: {limits: {memory: 2g}}",
        "'mem_limit' and 'deploy.resources.limits.memory'")]
    [InlineData("pids_limit: 5", "resources: {limits: {pids: 6}}",
        "'pids_limit' and 'deploy.resources.limits.pids'")]
    [InlineData("mem_reservation: 1g", "resources: {reservations: {memory: 2g}}",
        "'mem_reservation' and 'deploy.resources.reservations.memory'")]
    public void Two_keys_for_one_thing_that_say_different_things_are_refused(string older, string deploy, string keys)
        => Assert.Equal(
            $"c.yml:4: services.a.{older[..older.IndexOf(':')]}: can't set distinct values on {keys}",
            Refusal($"services:\n  a:\n    image: x\n    {older}\n    deploy: {{{deploy}}}"));

    [Theory]
    [InlineData("mem_limit: 1g", "resources: {limits: {memory: 1024M}}")]
    [InlineData("cpus: 0.50", "resources: {limits: {cpus: \"0.5\"}}")]
    [InlineData("scale: 2", "replicas: 2")]
    [InlineData("scale: 2", "mode: replicated")]
    public void Two_keys_for_one_thing_may_say_the_same(string older, string deploy) => Assert.Single(
        Load($"services:\n  a:\n    image: x\n    {older}\n    deploy: {{{deploy}}}").Services);

    [Theory]
    [InlineData("deploy: {endpoint_mode: x}", "deploy.endpoint_mode", "\"vip\", \"dnsrr\"")]
    [InlineData("deploy: {restart_policy: {condition: x}}", "deploy.restart_policy.condition",
        "\"none\", \"on-failure\", \"any\"")]
    [InlineData("deploy: {update_config: {failure_action: x}}", "deploy.update_config.failure_action",
        "\"pause\", \"continue\", \"rollback\"")]
    [InlineData("deploy: {rollback_config: {failure_action: rollback}}", "deploy.rollback_config.failure_action",
        "\"pause\", \"continue\"")]
    [InlineData("ports: [{target: 80, mode: x}]", "ports.0.mode", "\"ingress\", \"host\"")]
    [InlineData("ports: [{target: 80, protocol: x}]", "ports.0.protocol", "\"tcp\", \"udp\", \"sctp\"")]
    public void A_word_that_the_swarm_does_not_know_is_refused_with_those_it_knows(
        string option, string key, string words) => Assert.Equal(
        $"c.yml:4: services.a.{key} must be one of the following: {words}",
        Refusal($"services:\n  a:\n    image: x\n    {option}"));

    [Fact]
    public void A_seccomp_profile_is_read_from_beside_the_file_that_names_it()
    {
        files["/p/near.json"] = """{ "defaultAction" : "SCMP_ACT_ALLOW" }""";
        files["/p/sub/far.json"] = """{"defaultAction":"SCMP_ACT_LOG"}""";
        files["/p/sub/c.yml"] = "services: {b: {image: x, security_opt: [\"seccomp:far.json\"]}}";

        ComposeProject project = Load("""
            include: [sub/c.yml]
            services:
              a: {image: x, security_opt: [seccomp=./near.json, no-new-privileges]}
              c: {image: x, security_opt: [seccomp=unconfined, apparmor=mine]}
            """);

        Assert.Equal(
            [
                "a: seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"} no-new-privileges",
                "b: seccomp={\"defaultAction\":\"SCMP_ACT_LOG\"}",
                "c: seccomp=unconfined apparmor=mine",
            ],
            project.Services.Select(service => $"{service.Name}: {string.Join(' ', service.Run.SecurityOptions)}")
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("gone.json", "opening seccomp profile (gone.json) failed: open gone.json: no such file or directory")]
    [InlineData("list.json", "seccomp profile (list.json): must be a JSON object")]
    [InlineData("text.json", "compacting json for seccomp profile (text.json) failed: ")]
    public void A_seccomp_profile_that_cannot_be_read_is_refused_with_its_place(string path, string message)
    {
        files["/p/list.json"] = "[]";
        files["/p/text.json"] = "x";

        Assert.StartsWith(
            $"c.yml:4: services.a.security_opt: {message}",
            Refusal($"services:\n  a:\n    image: x\n    security_opt: [\"seccomp={path}\"]"));
    }

    [Fact]
    public void Conditions_are_kept_for_who_can_honour_them()
    {
        ComposeProject project = Load("""
            services:
              a: {image: x, depends_on: {b: {condition: service_healthy}}}
              b: {image: x}
            """);

        ComposeStartGate gate = Assert.Single(project.Services[0].DependsOn);
        Assert.Equal(("b", "service_healthy", true), (gate.Service, gate.Condition, gate.IsRequired));
    }

    [Theory]
    [InlineData("services: {a: {image: x, extends: b}, b: {extends: a}}", "circular reference")]
    [InlineData("services: {a: {extends: nobody}}", "service \"nobody\" not found")]
    [InlineData("services: {a: {extends: {file: gone.yml, service: a}}}", "open /p/gone.yml: no such file")]
    [InlineData("include: [loop.yml]\nservices: {a: {image: x}}", "include cycle detected")]
    [InlineData("include: [same.yml]\nservices: {a: {image: x}}", "services.a conflicts with imported resource")]
    [InlineData("include: {a: b}", "include must be a list")]
    public void What_leads_nowhere_or_round_in_circles_is_refused(string text, string message)
    {
        files["/p/loop.yml"] = "include: [loop.yml]";
        files["/p/same.yml"] = "services: {a: {image: y}}";

        Assert.Contains(message, Assert.Throws<ComposeException>(() => Load(text)).Message);
    }

    [Fact]
    public void Only_the_service_that_is_extended_counts_and_not_its_neighbours()
    {
        const string text = "services: {web: {extends: {file: b.yml, service: base}}}";
        files["/p/c.yml"] = text;
        files["/p/b.yml"] = "services: {base: {image: x}, other: {extends: {file: c.yml, service: web}}}";

        Assert.Equal("x", Assert.Single(Load(text).Services).Image);
    }

    [Fact]
    public void A_file_is_read_once_however_many_services_extend_one_of_it()
    {
        files["/p/b.yml"] = "services: {base: {image: x}}";
        string text = "services:\n" + string.Concat(
            Enumerable.Range(0, 600).Select(number => $"  s{number}: {{extends: {{file: b.yml, service: base}}}}\n"));

        Assert.Equal(600, Load(text).Services.Count(service => service.Image == "x"));
        Assert.Equal(1, reads.Count(path => path == "/p/b.yml"));
    }

    [Fact]
    public void Chains_have_bounds_and_are_no_circles()
    {
        for (int number = 0; number < 30; number++)
        {
            files[$"/p/e{number}.yml"] = $"services: {{a: {{extends: {{file: e{number + 1}.yml, service: a}}}}}}";
            files[$"/p/i{number}.yml"] = $"include: [i{number + 1}.yml]";
        }

        string services = "services:\n" + string.Concat(
            Enumerable.Range(0, 150).Select(number => $"  s{number}: {{extends: s{number + 1}}}\n"));
        Assert.EndsWith(
            "more than 20 files extend each other",
            Refusal("services: {a: {extends: {file: e0.yml, service: a}}}"));
        Assert.EndsWith("more than 20 files include each other", Refusal("include: [i0.yml]"));
        Assert.EndsWith("more than 100 services extend each other", Refusal(services));
    }

    [Theory]
    [InlineData("{type: tmpfs, target: /t, tmpfs: {mode: 4294967296}}", "must be between 0 and 4294967295")]
    [InlineData("{type: tmpfs, target: /t, tmpfs: {mode: \"999\"}}", "must be a mode such as 0440: \"999\" is none")]
    [InlineData("{type: tmpfs, target: /t, tmpfs: {size: 8192p}}", "must be a size such as 50M: invalid size: '8192p'")]
    public void What_does_not_fit_into_a_mount_is_refused(string mount, string message) => Assert.EndsWith(
        message, Refusal($"services: {{a: {{image: x, volumes: [{mount}]}}}}"));

    [Fact]
    public void An_option_of_a_mount_that_nobody_knows_is_told()
    {
        ComposeProject project = Load("services: {a: {image: x, volumes: [\"/a:/b:readonly,slave,Z,fast\"]}}");

        Assert.Equal(
            [
                "c.yml:1: services.a.volumes.0: "
                    + "the mount option \"readonly\" is not known, and the mount can be written to: write ro",
                "c.yml:1: services.a.volumes.0: the mount option \"Z\" is left out: services do not relabel files",
                "c.yml:1: services.a.volumes.0: the mount option \"fast\" is not known: it is left out",
            ],
            project.Warnings.Select(warning => warning.ToString()));
        Assert.Equal("slave", Assert.Single(project.Services[0].Mounts).BindPropagation);
    }

    [Fact]
    public void Aliases_that_would_make_millions_of_values_are_refused()
    {
        string text = "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n";
        for (char level = 'b'; level < 'i'; level++)
        {
            string below = $"*{(char)(level - 1)}";
            text += $"x-{level}: &{level} [{string.Join(", ", Enumerable.Repeat(below, 10))}]\n";
        }

        Assert.Contains("excessive aliasing", Assert.Throws<ComposeException>(() => Load(text)).Message);
    }

    [Fact]
    public void Aliases_of_a_long_text_count_by_its_length()
    {
        string aliases = string.Join(", ", Enumerable.Repeat("*a", 50));

        Assert.Contains(
            "excessive aliasing", Refusal($"x-a: &a {new string('a', 100_000)}\nx-b: [{aliases}]\n"));
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        string text = "x-a: " + new string('[', 500) + new string(']', 500);

        Assert.Contains("nested deeper than", Assert.Throws<ComposeException>(() => Load(text)).Message);
    }

    [Fact]
    public void Nesting_by_aliases_is_nesting_too()
    {
        string opened = new('[', 60);
        string closed = new(']', 60);

        Assert.EndsWith(
            "nested deeper than 100 levels", Refusal($"x-a: &a {opened}{closed}\nx-b: {opened}*a{closed}\n"));
    }

    [Fact]
    public void Two_files_with_carriage_returns_are_one_project()
    {
        ComposeProject project = ComposeLoader.Load(Request(
            new("a.yml", "services:\r\n  a:\r\n    image: x\r\n    command: |\r\n      one\r\n"),
            new("b.yml", "services:\r\n  a:\r\n    hostname: h\r\n")));

        Assert.Equal(("x", "h"), (project.Services[0].Image, project.Services[0].Hostname));
        Assert.Equal(["one"], project.Services[0].Command!.Value);
        Assert.Equal("b.yml:3", project.Services[0].PlaceOf("hostname").ToString());
    }

    private string Refusal(string text) => Assert.Throws<ComposeException>(() => Load(text)).Message;

    private ComposeProject Load(string text) => ComposeLoader.Load(Request(new ComposeSource("c.yml", text)));

    private ComposeRequest Request(params ComposeSource[] sources) => new()
    {
        Sources = [.. sources],
        Directory = "/p",
        Environment = variables,
        ReadFile = path =>
        {
            reads.Add(path);
            return files.GetValueOrDefault(path);
        },
    };
}
