using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>`security_opt`: options of which "seccomp=PATH" names a file.</summary>
internal sealed class SecurityOptionsShape : Shape
{
    private const string Profile = "seccomp";

    private static readonly TextListShape Options = new();

    /// <summary>The path of the profile that an option names; null: it names none.</summary>
    public static string? PathOf(string option) =>
        option.StartsWith(Profile, StringComparison.Ordinal)
        && option.Length > Profile.Length + 1
        && option[Profile.Length] is '=' or ':'
        && option[(Profile.Length + 1)..] is var path and not ("unconfined" or "builtin")
            ? path
            : null;

    public static string WithProfile(string profile) => $"{Profile}={profile}";

    /// <summary>Paths in files from elsewhere are made absolute; others stay as they are written.</summary>
    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        var list = (YamlList)Options.Read(node, path, reading);
        return !reading.IsElsewhere ? list : list with
        {
            Items = [.. list.Items.Select(item => PathOf(PlainText.Of(item)) is { } file
                ? new YamlText(WithProfile(reading.Absolute(file)), item.Place)
                : item)],
        };
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) => Options.Merge(below, above);
}
