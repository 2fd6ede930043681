using System.Net.Http.Headers;

namespace Skep.Agent.Images.Registry;

/// <summary>One WWW-Authenticate header: how a registry wants to be convinced (RFC 9110, 11.6.1).</summary>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public bool IsBearer => Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    public bool IsBasic => Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    public string this[string name] => Parameters.GetValueOrDefault(name, "");

    public static IReadOnlyList<AuthChallenge> All(HttpHeaderValueCollection<AuthenticationHeaderValue> headers) =>
        [.. headers.Select(header => new AuthChallenge(header.Scheme, Parse(header.Parameter ?? "")))];

    // name="value with \" and commas", name=token
    internal static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int at = 0;
        while (at < text.Length)
        {
            int equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }

            string name = text[at..equals].Trim(' ', ',', '\t');
            (string value, at) = ReadValue(text, equals + 1);
            if (name.Length > 0)
            {
                found[name] = value;
            }
        }

        return found;
    }

    private static (string Value, int Next) ReadValue(string text, int at)
    {
        if (at >= text.Length || text[at] != '"')
        {
            int comma = text.IndexOf(',', at);
            int end = comma < 0 ? text.Length : comma;
            return (text[at..end].Trim(), comma < 0 ? text.Length : comma + 1);
        }

        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }

        return (value.ToString(), at + 1);
    }
}
