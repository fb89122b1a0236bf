namespace Orrery.Conventions.Tests.Determinism.Samples;

/// <summary>What the checkers must leave alone: constants, immutable statics, cached lambdas, iterators.</summary>
internal sealed class CleanSample
{
    public const int Limit = 3;
    public static readonly CleanSample Instance = new(1);
    private static readonly string Name = "sample";
    private readonly int _value;

    private CleanSample(int value) => _value = value;

    public static IEnumerable<int> Squares(IEnumerable<int> numbers) => numbers.Select(number => number * number);

    public IEnumerable<int> Count()
    {
        for (var number = 0; number < _value + Name.Length; number++) yield return number;
    }
}
