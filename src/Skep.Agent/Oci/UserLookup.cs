using System.Globalization;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>
/// Finds the numbers behind "user", "uid", "user:group" … in a container's passwd and group files. Pure.
/// </summary>
/// <remarks>
/// The files come with the image and are hostile input; a caller bounds their size (<see cref="OciLimits"/>).
/// A line with fields that make no sense counts with zeros in their place, as in libc's and Docker's readers.
/// </remarks>
public static class UserLookup
{
    private const long HighestId = int.MaxValue;

    /// <param name="passwd">Content of /etc/passwd; null: there is none.</param>
    /// <param name="group">Content of /etc/group; null: there is none.</param>
    /// <param name="groupAdd">HostConfig.GroupAdd: names or numbers.</param>
    public static UserIdentity Resolve(
        string user, string? passwd, string? group, IReadOnlyList<string>? groupAdd)
    {
        string[] parts = user.Split(':');
        string userPart = parts[0];
        string groupPart = parts.Length > 1 ? parts[1] : "";
        List<GroupLine> groups = ReadGroups(group);

        PasswdLine? line = FindUser(userPart, passwd);
        uint uid = line is not null ? Checked(line.Uid) : NumericUser(userPart);
        uint gid = line is not null ? Checked(line.Gid) : 0;
        List<uint> additional = [];
        if (groupPart.Length > 0)
        {
            gid = FindGroup(groupPart, groups);
        }
        else if (line is { Name.Length: > 0 })
        {
            // Groups that list the user count only where no group was asked for.
            additional.AddRange(
                groups.Where(entry => entry.Members.Contains(line.Name)).Select(entry => Checked(entry.Gid)));
        }

        additional.AddRange((groupAdd ?? []).Select(name => AdditionalGroup(name, groups)));
        return new UserIdentity
        {
            Uid = uid,
            Gid = gid,
            Groups = [.. additional.Distinct().Order()],
            Home = line?.Home ?? "",
        };
    }

    private static PasswdLine? FindUser(string user, string? passwd)
    {
        bool numeric = TryNumber(user, out long uid);
        return ReadUsers(passwd).FirstOrDefault(line =>
            user.Length == 0 ? line.Uid == 0 : numeric ? line.Uid == uid : line.Name == user);
    }

    private static uint NumericUser(string user)
    {
        if (user.Length == 0)
        {
            return 0;
        }

        return TryNumber(user, out long uid)
            ? Checked(uid)
            : throw Refused($"unable to find user {user}: no matching entries in passwd file");
    }

    private static uint FindGroup(string name, List<GroupLine> groups)
    {
        bool numeric = TryNumber(name, out long gid);
        GroupLine? line = groups.FirstOrDefault(entry => numeric ? entry.Gid == gid : entry.Name == name);
        if (line is not null)
        {
            return Checked(line.Gid);
        }

        return numeric
            ? Checked(gid)
            : throw Refused($"unable to find group {name}: no matching entries in group file");
    }

    private static uint AdditionalGroup(string name, List<GroupLine> groups)
    {
        GroupLine? line = groups.FirstOrDefault(entry =>
            entry.Name == name || entry.Gid.ToString(CultureInfo.InvariantCulture) == name);
        if (line is not null)
        {
            return Checked(line.Gid);
        }

        return TryNumber(name, out long gid)
            ? Checked(gid)
            : throw Refused($"Unable to find group {name}: no matching entries in group file");
    }

    /// <summary>name:password:uid:gid:comment:home:shell</summary>
    private static IEnumerable<PasswdLine> ReadUsers(string? passwd)
        => Lines(passwd).Select(line =>
        {
            string[] fields = line.Split(':');
            return new PasswdLine(fields[0], Number(fields, 2), Number(fields, 3), fields.ElementAtOrDefault(5) ?? "");
        });

    /// <summary>name:password:gid:member,member</summary>
    private static List<GroupLine> ReadGroups(string? group)
        => [.. Lines(group).Where(line => line[0] != '#').Select(line =>
        {
            string[] fields = line.Split(':');
            string members = fields.ElementAtOrDefault(3) ?? "";
            return new GroupLine(fields[0], Number(fields, 2), members.Length == 0 ? [] : members.Split(','));
        })];

    private static IEnumerable<string> Lines(string? text)
        => (text ?? "").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);

    private static long Number(string[] fields, int index)
        => TryNumber(fields.ElementAtOrDefault(index) ?? "", out long number) ? number : 0;

    /// <summary>Digits with an optional sign, as Go's Atoi reads them.</summary>
    private static bool TryNumber(string text, out long number) => long.TryParse(
        text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static uint Checked(long id) => id is >= 0 and <= HighestId
        ? (uint)id
        : throw Refused("uids and gids must be in range 0-2147483647");

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);

    private sealed record PasswdLine(string Name, long Uid, long Gid, string Home);

    private sealed record GroupLine(string Name, long Gid, string[] Members);
}
