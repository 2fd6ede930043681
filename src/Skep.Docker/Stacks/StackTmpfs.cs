using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Values;

namespace Skep.Docker.Stacks;

/// <summary>`tmpfs: PATH:size=64m,mode=1770`, which Docker's own command line forgets in silence.</summary>
internal static class StackTmpfs
{
    public static Mount Of(ComposeService service, string text)
    {
        int colon = text.IndexOf(':');
        var mount = new Mount { Type = "tmpfs", Target = colon < 0 ? text : text[..colon] };
        string[] words = colon < 0 ? [] : text[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (string word in words)
        {
            TmpfsOptions options = mount.TmpfsOptions ?? new TmpfsOptions();
            string[] pair = word.Split('=', 2);
            mount = pair switch
            {
                ["ro"] => mount with { ReadOnly = true },
                ["rw"] => mount with { ReadOnly = false },
                ["exec" or "noexec"] => mount with { TmpfsOptions = options with { Options = [[word]] } },
                ["size", var size] when ByteSize.TryParse(size) is { } bytes =>
                    mount with { TmpfsOptions = options with { SizeBytes = bytes } },
                ["mode", var mode] when Octal(mode) is { } bits =>
                    mount with { TmpfsOptions = options with { Mode = bits } },
                _ => throw ComposeException.At(service.PlaceOf("tmpfs"),
                    $"service {service.Name}: tmpfs option \"{word}\": expected size=BYTES, mode=OCTAL, ro or exec"),
            };
        }

        return mount;
    }

    private static uint? Octal(string text)
    {
        bool isOctal = text.Length is > 0 and <= 5 && text.All(digit => digit is >= '0' and <= '7');
        return isOctal ? Convert.ToUInt32(text, 8) : null;
    }
}
