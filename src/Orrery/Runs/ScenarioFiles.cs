using Orrery.Simulation.Scenarios;

namespace Orrery.Runs;

/// <summary>Finds and reads the scenario files that a command is given.</summary>
internal static class ScenarioFiles
{
    /// <summary>Reads files, and all scenarios below folders, in ordinal order of their names, so that two machines do the same.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <exception cref="UsageException">A path does not exist or cannot be read, or a folder has no scenario.</exception>
    public static List<ScenarioFile> Read(IEnumerable<string> paths)
    {
        var files = new List<ScenarioFile>();
        foreach (var path in paths)
        {
            try
            {
                var found = FilesOf(path);
                if (found.Count == 0) throw new UsageException($"no scenario in {path}: a scenario's name ends in .yaml, .yml or .json");
                files.AddRange(found.Select(file => ScenarioFile.Read(file, File.ReadAllText(file))));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"cannot read {path}: {failure.Message}");
            }
        }
        return files;
    }

    /// <summary>Reads files that must all be valid.</summary>
    /// <exception cref="UsageException">As with <see cref="Read"/>, and for a file that is invalid: its errors, a line each.</exception>
    public static List<ScenarioFile> ReadValid(IEnumerable<string> paths)
    {
        var files = Read(paths);
        var errors = files.SelectMany(file => file.Errors).Select(error => error.ToString()).ToArray();
        return errors.Length == 0 ? files : throw new UsageException(errors);
    }

    private static List<string> FilesOf(string path) => Directory.Exists(path)
        ? [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(ScenarioFile.IsScenario).Order(StringComparer.Ordinal)]
        : [path];
}
