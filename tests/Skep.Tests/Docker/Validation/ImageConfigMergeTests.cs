using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Tests.Docker.Validation;

public class ImageConfigMergeTests
{
    private static readonly ContainerConfig Image = new()
    {
        User = "www",
        Env = ["PATH=/bin", "A=image"],
        Entrypoint = ["/entry"],
        Cmd = ["serve"],
        WorkingDir = "/srv",
        StopSignal = "SIGQUIT",
        Labels = new Dictionary<string, string> { ["a"] = "image", ["b"] = "image" },
        ExposedPorts = new Dictionary<string, Empty> { ["80/tcp"] = Empty.Value },
        Volumes = new Dictionary<string, Empty> { ["/data"] = Empty.Value },
        Healthcheck = new HealthConfig { Test = ["CMD", "true"], Interval = 5_000_000_000, Retries = 4 },
    };

    [Fact]
    public void A_request_that_says_nothing_runs_what_the_image_says()
    {
        ContainerConfig merged = ImageConfigMerge.Merge(new ContainerConfig { Image = "web" }, Image);

        Assert.Equal("www", merged.User);
        Assert.Equal(["PATH=/bin", "A=image"], merged.Env);
        Assert.Equal(["/entry"], merged.Entrypoint);
        Assert.Equal(["serve"], merged.Cmd);
        Assert.Equal("/srv", merged.WorkingDir);
        Assert.Equal("SIGQUIT", merged.StopSignal);
        Assert.Equal("web", merged.Image);
    }

    [Fact]
    public void A_command_replaces_the_images_command_and_keeps_its_entrypoint()
    {
        ContainerConfig merged = ImageConfigMerge.Merge(new ContainerConfig { Cmd = ["other"] }, Image);

        Assert.Equal(["/entry"], merged.Entrypoint);
        Assert.Equal(["other"], merged.Cmd);
    }

    [Fact]
    public void An_entrypoint_leaves_the_images_command_behind()
    {
        ContainerConfig merged = ImageConfigMerge.Merge(new ContainerConfig { Entrypoint = ["/mine"] }, Image);

        Assert.Equal(["/mine"], merged.Entrypoint);
        Assert.Null(merged.Cmd);
    }

    [Fact]
    public void An_empty_text_as_entrypoint_means_none()
    {
        ContainerConfig merged = ImageConfigMerge.Merge(
            new ContainerConfig { Entrypoint = [""], Cmd = ["ls"] }, Image);

        Assert.Null(merged.Entrypoint);
        Assert.Equal(["ls"], merged.Cmd);
    }

    [Fact]
    public void The_requests_environment_comes_first_and_wins()
    {
        ContainerConfig merged = ImageConfigMerge.Merge(new ContainerConfig { Env = ["A=mine", "B=new"] }, Image);

        Assert.Equal(["A=mine", "B=new", "PATH=/bin"], merged.Env);
    }

    [Fact]
    public void Labels_ports_and_volumes_are_joined()
    {
        ContainerConfig merged = ImageConfigMerge.Merge(
            new ContainerConfig
            {
                Labels = new Dictionary<string, string> { ["a"] = "mine" },
                ExposedPorts = new Dictionary<string, Empty> { ["53/udp"] = Empty.Value },
                Volumes = new Dictionary<string, Empty> { ["/more"] = Empty.Value },
            },
            Image);

        Assert.Equal("mine", merged.Labels!["a"]);
        Assert.Equal("image", merged.Labels["b"]);
        Assert.Equal(["53/udp", "80/tcp"], merged.ExposedPorts!.Keys);
        Assert.Equal(["/more", "/data"], merged.Volumes!.Keys);
    }

    [Fact]
    public void A_health_check_is_completed_field_by_field()
    {
        ContainerConfig merged = ImageConfigMerge.Merge(
            new ContainerConfig { Healthcheck = new HealthConfig { Interval = 1_000_000_000 } }, Image);

        Assert.Equal(["CMD", "true"], merged.Healthcheck!.Test);
        Assert.Equal(1_000_000_000, merged.Healthcheck.Interval);
        Assert.Equal(4, merged.Healthcheck.Retries);
    }

    [Fact]
    public void Without_any_command_there_is_nothing_to_run()
    {
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => ImageConfigMerge.Merge(new ContainerConfig(), new ContainerConfig()));
        Assert.Equal("No command specified", refusal.Message);
    }
}
