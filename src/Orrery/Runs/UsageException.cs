namespace Orrery.Runs;

/// <summary>What a user has to mend before a command can do its work. The command prints it and exits with code 2.</summary>
internal sealed class UsageException : Exception
{
    /// <summary>One complaint, which is printed after the command's name.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>Errors of scenario files, which are printed as they stand: they start with the file's name.</summary>
    public UsageException(IReadOnlyList<string> fileErrors)
        : base(string.Join('\n', fileErrors)) => IsOfFiles = true;

    /// <summary>True for errors of scenario files.</summary>
    public bool IsOfFiles { get; }

    /// <summary>Prints it.</summary>
    /// <returns>The exit code.</returns>
    public int Print(string command, Terminal terminal)
    {
        terminal.Error.WriteLine(IsOfFiles ? Message : $"orrery {command}: {Message}");
        return VerdictExitCodes.Usage;
    }
}
