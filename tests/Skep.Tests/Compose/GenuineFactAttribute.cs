namespace Skep.Tests.Compose;

/// <summary>A test that asks Docker's own command line: skipped, with a word, where none has `stack config`.</summary>
internal sealed class GenuineFactAttribute : FactAttribute
{
    public GenuineFactAttribute()
    {
        if (GenuineCli.Program is null)
        {
            Skip = "no docker with `stack config` (version 23 or later) is installed";
        }
    }
}
