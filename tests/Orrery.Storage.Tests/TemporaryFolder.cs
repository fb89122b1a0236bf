namespace Orrery.Storage.Tests;

/// <summary>A folder of a test's own, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("orrery-storage-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    /// <summary>Bytes of a file; 0 if it is not there.</summary>
    public long SizeOf(string name) => System.IO.File.Exists(File(name)) ? new FileInfo(File(name)).Length : 0;

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
