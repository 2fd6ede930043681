using System.Text;
using Skep.Docker.Compose;

namespace Skep.Tests.Compose;

public sealed class ComposeFileTests
{
    public static TheoryData<string> Accepted =>
        [.. ComposeCase.Of("same").Concat(ComposeCase.Of("ours")).Select(one => one.Name)];

    [Fact]
    public void There_are_files_enough_to_tell() => Assert.True(
        ComposeCase.Of("same").Count + ComposeCase.Of("refused").Count >= 60);

    [Theory, MemberData(nameof(Accepted))]
    public void A_project_is_shown_in_long_form(string name)
    {
        ComposeText shown = ComposeLoader.Show(ComposeCase.Named(name).Request);

        GoldenText.Check(Path.Combine("Compose", "Golden", name), ComposeCase.Neutral(shown.Yaml));
    }

    /// <summary>Not of the oldest versions: the genuine command line prints for them what they do not have.</summary>
    [Theory, MemberData(nameof(Accepted))]
    public void What_is_shown_reads_as_the_same_project(string name)
    {
        ComposeCase one = ComposeCase.Named(name);
        string yaml = ComposeLoader.Show(one.Request).Yaml;
        if (name is "same-version-3-0.yml" or "same-external-name-of-old.yml")
        {
            return;
        }

        ComposeRequest again = one.Request with { Sources = [new("again.yml", yaml)], SkipInterpolation = true };

        Assert.Equal(yaml, ComposeLoader.Show(again).Yaml);
    }

    [Fact]
    public void A_wrong_file_is_refused_with_file_line_key_and_what_was_expected()
    {
        var refusals = new StringBuilder();
        foreach (ComposeCase one in ComposeCase.Of("refused"))
        {
            ComposeException refusal = Assert.Throws<ComposeException>(() => ComposeLoader.Load(one.Request));
            refusals.Append(ComposeCase.Neutral(refusal.Message)).Append('\n');
            Assert.NotNull(refusal.Place);
        }

        GoldenText.Check("Compose/Golden/refusals.txt", refusals.ToString());
    }

    [Fact]
    public void A_key_without_effect_gives_one_warning_with_file_line_and_key()
    {
        var warnings = new StringBuilder();
        foreach (ComposeCase one in ComposeCase.Of("same").Concat(ComposeCase.Of("ours")))
        {
            foreach (ComposeWarning warning in ComposeLoader.Load(one.Request).Warnings)
            {
                warnings.Append(ComposeCase.Neutral(warning.ToString())).Append('\n');
            }
        }

        GoldenText.Check("Compose/Golden/warnings.txt", warnings.ToString());
    }
}
