using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>How a key of a later file meets the same key of an earlier one.</summary>
internal static class Merging
{
    /// <summary>The tag of a key that takes the same key of earlier files away.</summary>
    public const string Reset = "!reset";

    /// <remarks>!reset takes the key away, !override puts the later value in the place of the earlier one.</remarks>
    public static YamlMap Put(YamlMap lower, YamlEntry upper, Shape? shape)
    {
        if (upper.Value.Tag == Reset)
        {
            return lower.Without(upper.Key);
        }

        YamlNode? below = lower[upper.Key];
        YamlNode value = below is null or YamlNull || shape is null || upper.Value.Tag == "!override"
            ? upper.Value
            : upper.Value is YamlNull && shape is not PairsShape ? upper.Value
            : shape.Merge(below, upper.Value);
        List<YamlEntry> entries = [.. lower.Entries];
        int index = entries.FindIndex(entry => entry.Key == upper.Key);
        if (index < 0)
        {
            entries.Add(upper with { Value = value });
        }
        else
        {
            entries[index] = upper with { Value = value };
        }

        return lower with { Entries = entries };
    }

    /// <summary>Where no earlier file is, there is nothing to take away.</summary>
    public static YamlNode WithoutResets(YamlNode node) => node is not YamlMap map ? node : map with
    {
        Entries = [.. map.Entries
            .Where(entry => entry.Value.Tag != Reset)
            .Select(entry => entry with { Value = WithoutResets(entry.Value) })],
    };
}

/// <summary>The known word that a mistyped one was meant to be.</summary>
internal static class Nearest
{
    /// <summary>Null: none is within two letters.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        (string? nearest, int least) = (null, Math.Min(3, word.Length));
        foreach (string candidate in known)
        {
            int distance = Distance(word, candidate);
            if (distance < least)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
