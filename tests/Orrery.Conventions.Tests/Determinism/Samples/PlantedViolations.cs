using System.Buffers;
using System.Text;

namespace Orrery.Conventions.Tests.Determinism.Samples;

/// <summary>One breach of each rule, which the checkers of this project must find. Nothing calls any of it.</summary>
internal sealed class PlantedViolations
{
    public static readonly PlantedViolations Shared = new();
    private static readonly List<int> Numbers = [];
    private static readonly byte[] Table = [1];
    private static readonly StringBuilder Text = new();
    private static int Counter;
    private volatile int _flag;

    ~PlantedViolations() => _flag = Counter++;

    public static DateTime Clock() => DateTime.UtcNow;

    public static Guid Entropy() => Guid.NewGuid();

    public static Func<Guid> MethodGroup() => Guid.NewGuid;

    public static Task OnlyInTheSignature(Task given) => given;

    public static T Constrained<T>(T given) where T : IAsyncDisposable => given;

    public static dynamic Late(dynamic given) => given.Name;

    public static void Locked(object gate)
    {
        lock (gate) Numbers.Add(Table[0] + Text.Length);
    }

    public static void Caught(Action action)
    {
        try
        {
            action();
        }
        catch (IOException)
        {
            Counter = 0;
        }
    }

    public static int Dirty() =>
        ArrayPool<byte>.Shared.Rent(1)[0] + MemoryPool<byte>.Shared.Rent(1).Memory.Length + GC.AllocateUninitializedArray<byte>(1)[0];

    public int Read() => _flag;

#pragma warning disable CS1998, CA1822 // async void without await is what is planted
    public async void Async() => await Task.Yield();
#pragma warning restore CS1998, CA1822
}
