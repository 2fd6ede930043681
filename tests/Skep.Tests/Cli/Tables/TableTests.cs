using System.Text.Json;
using Skep.Cli;
using Skep.Cli.Containers;
using Skep.Cli.Tables;

namespace Skep.Tests.Cli.Tables;

/// <summary>Tables as docker 28.2.2 prints them.</summary>
public sealed class TableTests
{
    private const string Web = """
        {"Id":"a880264874a57a29c7cf1464bc89aacf4477b3edd7d99a14c6650fce9b78d60f","Names":["/web"],"Image":"web:1",
         "ImageID":"sha256:94a266fc7ecfa5886a61130c490367febe528a2b23bcc044487f70d11954ba75","Command":"/bin/web",
         "Created":1795343438,"Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
         {"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],"SizeRw":16,"SizeRootFs":1984000,
         "Labels":{"a":"b"},"State":"running","Status":"Up 1 second",
         "NetworkSettings":{"Networks":{"bridge":{}}},"Mounts":[]}
        """;

    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_never_under_ten()
    {
        Assert.Equal(
            "CONTAINER ID   NAMES     X\na880264874a5   web       1\n",
            TabWriter.Align("CONTAINER ID\tNAMES\tX\na880264874a5\tweb\t1\n"));
    }

    [Fact]
    public void A_line_without_the_cell_ends_the_column() =>
        Assert.Equal("aaaaaaaaaaaa   b\nx\nc         d\n", TabWriter.Align("aaaaaaaaaaaa\tb\nx\nc\td\n"));

    [Theory]
    [InlineData("table {{.ID}}\\t{{.Names}}", "CONTAINER ID   NAMES\na880264874a5   web\n")]
    [InlineData("table {{.Label \"a\"}}\\t{{upper .Names}} {{json .Ports}}",
        "a         NAMES PORTS\nb         WEB \"0.0.0.0:8080->80/tcp, [::]:8080->80/tcp\"\n")]
    [InlineData("table\\n{{.ID}}", "\nCONTAINER ID\n\na880264874a5\n")]
    [InlineData("{{.CreatedAt}} {{.Size}}", "2026-11-22 10:30:38 +0000 UTC 16B (virtual 1.98MB)\n")]
    [InlineData("{{.Platform}} {{.Networks}} {{.Mounts}}|", "<nil> bridge |\n")]
    public void Formats_render_as_in_docker(string format, string expected) =>
        Assert.Equal(expected, Render(format));

    [Fact]
    public void A_row_in_JSON_has_its_fields_in_order_and_escapes_what_HTML_would_read()
    {
        Assert.Equal(
            "{\"Command\":\"\\\"/bin/web\\\"\",\"CreatedAt\":\"2026-11-22 10:30:38 +0000 UTC\","
            + "\"ID\":\"a880264874a5\",\"Image\":\"web:1\",\"Labels\":\"a=b\",\"LocalVolumes\":\"0\",\"Mounts\":\"\","
            + "\"Names\":\"web\",\"Networks\":\"bridge\",\"Platform\":null,"
            + "\"Ports\":\"0.0.0.0:8080-\\u003e80/tcp, [::]:8080-\\u003e80/tcp\",\"RunningFor\":\"2 minutes ago\","
            + "\"Size\":\"16B (virtual 1.98MB)\",\"State\":\"running\",\"Status\":\"Up 1 second\"}\n",
            Render("json"));
    }

    [Theory]
    [InlineData("{{.Foo}}", "template parsing error: template: :1:2: executing \"\" at <.Foo>: "
        + "can't evaluate field Foo in type *formatter.ContainerContext")]
    [InlineData("{{.Label}}", "template parsing error: template: :1:2: executing \"\" at <.Label>: "
        + "wrong number of args for Label: want 1 got 0")]
    [InlineData("{{.ID.Foo}}", "template parsing error: template: :1:5: executing \"\" at <.ID.Foo>: "
        + "can't evaluate field Foo in type string")]
    public void Wrong_fields_are_refused_in_docker_s_words(string format, string expected) =>
        Assert.Equal(expected, Assert.Throws<CommandFailedException>(() => Render(format)).Message);

    [Theory]
    [InlineData("""[{"PrivatePort":9988,"Type":"tcp"}]""", "9988/tcp")]
    [InlineData("""[{"PrivatePort":1,"Type":"tcp"},{"PrivatePort":2,"Type":"tcp"},{"PrivatePort":3,"Type":"tcp"}]""",
        "1-3/tcp")]
    [InlineData("""[{"IP":"1.1.1.1","PrivatePort":80,"PublicPort":80,"Type":"tcp"},"""
        + """{"IP":"1.1.1.1","PrivatePort":81,"PublicPort":81,"Type":"tcp"},{"PrivatePort":90,"Type":"udp"}]""",
        "1.1.1.1:80-81->80-81/tcp, 90/udp")]
    public void Ports_in_a_row_become_a_range(string ports, string expected)
    {
        using JsonDocument document = JsonDocument.Parse(ports);
        Assert.Equal(expected, PortText.Of(document.RootElement.EnumerateArray()));
    }

    [Theory]
    [InlineData(0, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(3_599, "59 minutes")]
    [InlineData(3_600, "About an hour")]
    [InlineData(5_400, "2 hours")]
    [InlineData(172_800, "2 days")]
    [InlineData(1_209_600, "2 weeks")]
    [InlineData(5_184_000, "2 months")]
    [InlineData(63_072_000, "2 years")]
    public void Durations_are_rounded_as_docker_rounds_them(int seconds, string expected) =>
        Assert.Equal(expected, Human.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, 3, "0B")]
    [InlineData(16, 3, "16B")]
    [InlineData(1_984_000, 3, "1.98MB")]
    [InlineData(1_984_000, 4, "1.984MB")]
    [InlineData(999_950, 3, "1e+03kB")]
    public void Sizes_have_docker_s_digits(long bytes, int digits, string expected) =>
        Assert.Equal(expected, Human.Size(bytes, digits));

    [Fact]
    public void Names_with_numbers_are_ordered_as_people_count() =>
        Assert.Equal(["web1", "web2", "web10"], new[] { "web10", "web2", "web1" }.Order(NaturalOrder.Instance));

    private static string Render(string format)
    {
        using JsonDocument document = JsonDocument.Parse(Web);
        var clock = new FixedClock(DateTimeOffset.FromUnixTimeSeconds(1795343438 + 130));
        var row = new ContainerRow(document.RootElement, Truncates: true, clock);
        return RowWriter.Render(format, ContainerRows.Shape(), [row]);
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
