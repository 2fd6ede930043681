using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Names of containers, and of volumes: the same letters are allowed.</summary>
public static class ContainerName
{
    private const string Allowed = "[a-zA-Z0-9][a-zA-Z0-9_.-]";

    /// <summary>The name without its slash; a name with other letters is refused.</summary>
    public static string Parse(string given)
    {
        string name = given.StartsWith('/') ? given[1..] : given;
        return IsValid(name)
            ? name
            : throw new RefusedException(
                ErrorKind.Invalid, $"Invalid container name ({given}), only {Allowed} are allowed");
    }

    /// <summary>Two letters at least.</summary>
    public static bool IsValid(string name)
        => name.Length >= 2 && char.IsAsciiLetterOrDigit(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-');
}
