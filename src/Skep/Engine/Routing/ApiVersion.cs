using System.Globalization;
using Skep.Swarm;

namespace Skep.Engine.Routing;

/// <summary>A version of the Engine API.</summary>
public readonly record struct ApiVersion(int Major, int Minor) : IComparable<ApiVersion>
{
    /// <summary>The newest that is covered.</summary>
    public static readonly ApiVersion Newest = new(1, 47);

    /// <summary>The oldest that clients may still ask for.</summary>
    public static readonly ApiVersion Oldest = new(1, 24);

    /// <summary>Reads the digits and points of a path's "/v1.41".</summary>
    /// <exception cref="RefusedException">Older or newer than what is covered.</exception>
    public static ApiVersion Parse(string text)
    {
        string[] parts = text.Split('.');
        var version = new ApiVersion(Number(parts[0]), parts.Length > 1 ? Number(parts[1]) : 0);
        if (version < Oldest)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"client version {text} is too old. Minimum supported API version is {Oldest}, "
                + "please upgrade your client to a newer version");
        }

        return version > Newest
            ? throw new RefusedException(
                ErrorKind.Invalid,
                $"client version {text} is too new. Maximum supported API version is {Newest}")
            : version;
    }

    public bool IsAtLeast(int major, int minor) => CompareTo(new ApiVersion(major, minor)) >= 0;

    public int CompareTo(ApiVersion other) =>
        Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    public static bool operator <(ApiVersion left, ApiVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ApiVersion left, ApiVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ApiVersion left, ApiVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ApiVersion left, ApiVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static int Number(string text) =>
        text.Length == 0 ? 0 : int.TryParse(text, CultureInfo.InvariantCulture, out int value) ? value : int.MaxValue;
}
