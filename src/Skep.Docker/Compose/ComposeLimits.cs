namespace Skep.Docker.Compose;

/// <summary>Bounds of compose files: far above what a stack needs, below what would hold up a machine.</summary>
internal static class ComposeLimits
{
    /// <summary>Characters of one file; a swarm takes requests of at most 4 MiB.</summary>
    public const int FileCharacters = 4 * 1024 * 1024;

    /// <summary>Values of one file after aliases are put in: a few nested aliases could make billions.</summary>
    public const int Nodes = 200_000;

    /// <summary>Characters of a text that an alias stands for and that counts as one of those values.</summary>
    public const int ValueCharacters = 20;

    /// <summary>Levels of mappings and lists in each other.</summary>
    public const int Depth = 100;

    /// <summary>Files that include or extend each other in a chain.</summary>
    public const int FileChain = 20;

    /// <summary>Services of one file that extend each other in a chain.</summary>
    public const int ServiceChain = 100;

    /// <summary>
    /// Files read altogether for one project. One that is included several times counts as often: whole projects that
    /// include each other twice would double the work with every file.
    /// </summary>
    public const int Files = 500;

    /// <summary>Levels of variables in defaults of variables.</summary>
    public const int SubstitutionDepth = 20;

    /// <summary>Ports that one range may stand for: all there are.</summary>
    public const int PortRange = 65_536;
}
