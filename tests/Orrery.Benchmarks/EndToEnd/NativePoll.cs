using System.Runtime.InteropServices;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>The calls of the operating system that .NET does not offer and the generator needs (Linux).</summary>
internal static class NativePoll
{
    public const short Readable = 0x1;
    public const short Writable = 0x4;

    /// <summary>One entry of poll(2): a descriptor, what is asked, and what holds.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Entry
    {
        public int Descriptor;
        public short Asked;
        public short Holds;
    }

    /// <summary>Waits until one of the descriptors is ready, at most so many milliseconds; returns how many are.</summary>
    public static int Wait(Entry[] entries, int timeoutMilliseconds) => poll(entries, (nuint)entries.Length, timeoutMilliseconds);

    /// <summary>Keeps the calling thread on one core; returns false where the system does not allow it.</summary>
    public static bool PinThisThread(int core)
    {
        var mask = new ulong[16];
        mask[core / 64] = 1UL << (core % 64);
        return sched_setaffinity(0, mask.Length * sizeof(ulong), mask) == 0;
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int poll([In, Out] Entry[] entries, nuint count, int timeoutMilliseconds);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sched_setaffinity(int thread, nint size, ulong[] mask);
}
