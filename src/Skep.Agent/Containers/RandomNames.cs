using Skep.Swarm;

namespace Skep.Agent.Containers;

/// <summary>Names for what nobody named: an adjective and the surname of somebody who found something out.</summary>
public static class RandomNames
{
    private static readonly string[] Adjectives =
    [
        "able", "agile", "amber", "ample", "astute", "blithe", "bold", "brave", "breezy", "bright", "brisk", "calm",
        "candid", "careful", "cheerful", "clever", "cordial", "cosy", "curious", "dapper", "daring", "deft", "eager",
        "earnest", "easy", "fair", "fearless", "fine", "fleet", "fond", "frank", "fresh", "gallant", "gentle", "glad",
        "golden", "graceful", "grand", "happy", "hardy", "hearty", "honest", "hopeful", "humble", "jolly", "jovial",
        "keen", "kind", "lively", "loyal", "lucid", "lucky", "mellow", "merry", "mild", "modest", "neat", "nimble",
        "noble", "patient", "placid", "plucky", "polite", "prompt", "proud", "prudent", "quick", "quiet", "ready",
        "serene", "sharp", "silent", "silver", "sincere", "smart", "snug", "sober", "solid", "spry", "stable", "steady",
        "stoic", "sturdy", "sunny", "swift", "tender", "tidy", "trusty", "upbeat", "valiant", "vivid", "warm", "wise",
        "witty", "zealous", "zesty",
    ];

    private static readonly string[] Surnames =
    [
        "abel", "agnesi", "ampere", "archimedes", "aryabhata", "avicenna", "babbage", "banach", "banneker", "bardeen",
        "becquerel", "bell", "bernoulli", "bohr", "boltzmann", "boole", "born", "bose", "boyle", "brahe", "cantor",
        "carson", "cauchy", "cavendish", "celsius", "chandrasekhar", "church", "copernicus", "curie", "dalton",
        "darwin", "dijkstra", "dirac", "edison", "ehrlich", "einstein", "erdos", "euclid", "euler", "faraday", "fermat",
        "fermi", "fibonacci", "fleming", "fourier", "franklin", "galileo", "galois", "gauss", "germain", "godel",
        "goodall", "halley", "hamilton", "hawking", "heisenberg", "hertz", "hilbert", "hopper", "hubble", "huygens",
        "hypatia", "jacobi", "jenner", "joule", "kepler", "khayyam", "kolmogorov", "kovalevskaya", "lagrange",
        "lamarr", "laplace", "leibniz", "linnaeus", "lorentz", "lovelace", "maxwell", "mayer", "mccarthy", "meitner",
        "mendel", "mirzakhani", "morse", "napier", "newton", "nobel", "noether", "ohm", "pascal", "pasteur", "pauli",
        "planck", "poincare", "ptolemy", "pythagoras", "raman", "ramanujan", "riemann", "ritchie", "rontgen",
        "rutherford", "sagan", "shannon", "sophie", "tesla", "thales", "torvalds", "turing", "volta", "watt", "wiles",
        "wright", "yalow",
    ];

    public static string Choose(IdSource ids) =>
        Adjectives[ids.NewNumber(Adjectives.Length)] + "_" + Surnames[ids.NewNumber(Surnames.Length)];
}
