namespace Skep.SystemTests.Hosts;

/// <summary>Long loops have a short length, and a full one for <c>./test --soak</c>.</summary>
internal static class Soak
{
    public static bool IsAsked => Environment.GetEnvironmentVariable("SKEP_TEST_SOAK") is { Length: > 0 };

    public static int Or(int normal, int full) => IsAsked ? full : normal;
}
