using System.CommandLine;
using System.Text;
using Orrery.Output;
using Orrery.Storage;
using Orrery.Storage.Transfer;

namespace Orrery;

/// <summary>`orrery store`: looks at, compacts, writes out and reads in the store of a broker that does not run.</summary>
internal sealed class StoreCommand
{
    /// <summary>It did what it was asked to; a checked store is whole.</summary>
    public const int Success = 0;

    /// <summary>The store is damaged, or what was to be imported is.</summary>
    public const int Damaged = 1;

    /// <summary>The store can't be opened or written, or the arguments make no sense.</summary>
    public const int Unavailable = 2;

    private const string Description = """
        Works on the store of a broker that does not run (a running broker has the file locked).

        Examples:
          orrery store check data/store.db                      reads all of it, and says what is wrong
          orrery store compact data/store.db                    gives free space back to the file system
          orrery store export data/store.db > store.jsonl       writes all of it as JSON Lines
          orrery store export data/store.db | gzip > store.gz
          orrery store import new.db store.jsonl                makes a store of it; `-` reads standard input

        Exit codes: 0 done, and a checked store is whole; 1 the store, or the lines to import, are damaged;
        2 the store can't be opened or written, or the arguments make no sense.
        """;

    private readonly Terminal _terminal;
    private readonly Argument<string> _store = new("store") { Description = "The file of the store." };
    private readonly Argument<string> _lines = new("lines") { Description = "A file of JSON Lines; - for standard input." };

    private StoreCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var store = new StoreCommand(terminal);
        return new Command("store", Description)
        {
            store.SubCommand("check", "Reads all of a store, and says what is wrong with it.", store.Check),
            store.SubCommand("compact", "Writes a store anew without its free space. Needs as much room again for a while.", store.Compact),
            store.SubCommand("export", "Writes all of a store to standard output, as JSON Lines.", store.Export),
            store.SubCommand("import", "Makes a store of JSON Lines. The file must not be there.", store.Import, store._lines),
        };
    }

    private Command SubCommand(string name, string description, Func<ParseResult, ProgressLine, int> run, params Argument[] others)
    {
        var command = new Command(name, description) { _store };
        foreach (var argument in others) command.Add(argument);
        command.SetAction(arguments =>
        {
            using var progress = new ProgressLine(_terminal.Error, _terminal.Time);
            try
            {
                return run(arguments, progress);
            }
            catch (StoreException failure)
            {
                return Fail(progress, name, failure.Message, failure.IsDamage ? Damaged : Unavailable);
            }
            catch (InvalidDataException wrong)
            {
                return Fail(progress, name, wrong.Message, Damaged);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return Fail(progress, name, failure.Message, Unavailable);
            }
        });
        return command;
    }

    private int Check(ParseResult arguments, ProgressLine progress)
    {
        using var engine = Open(arguments);
        var problems = engine.Check(() => progress.Tick("checking"));
        progress.Clear();
        foreach (var problem in problems) Print(problem);
        Print(problems.Count == 0 ? "The store is whole." : $"{problems.Count} problem{(problems.Count == 1 ? "" : "s")}.");
        return problems.Count == 0 ? Success : Damaged;
    }

    private int Compact(ParseResult arguments, ProgressLine progress)
    {
        var file = new FileInfo(arguments.GetValue(_store)!);
        using var engine = Open(arguments);
        file.Refresh();
        var before = file.Length;
        engine.Compact(() => progress.Tick("compacting"));
        engine.Close();
        file.Refresh();
        progress.Clear();
        Print($"{before:N0} bytes before, {file.Length:N0} after.");
        return Success;
    }

    private int Export(ParseResult arguments, ProgressLine progress)
    {
        using var engine = Open(arguments);
        var output = new BufferedStream(_terminal.Output, 1 << 16);
        try
        {
            StoreExport.Write(engine, output, () => progress.Count("lines"));
        }
        finally
        {
            output.Flush();
        }

        return Success;
    }

    private int Import(ParseResult arguments, ProgressLine progress)
    {
        var path = arguments.GetValue(_lines)!;
        using var reader = new StreamReader(path == "-" ? _terminal.Input : File.OpenRead(path), Encoding.UTF8);
        using var engine = SqliteEngine.Open(new StorageOptions { Path = arguments.GetValue(_store)!, Mode = DurabilityMode.OperatingSystem });
        StoreImport.Read(engine, reader, () => progress.Count("lines"));
        engine.Close();
        progress.Clear();
        Print($"{progress.Counted:N0} lines.");
        return Success;
    }

    private SqliteEngine Open(ParseResult arguments) =>
        SqliteEngine.Open(new StorageOptions { Path = arguments.GetValue(_store)!, IsCreated = false });

    private void Print(string line)
    {
        _terminal.Output.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _terminal.Output.Flush();
    }

    private int Fail(ProgressLine progress, string name, string message, int code)
    {
        progress.Clear();
        _terminal.Error.WriteLine($"orrery store {name}: {message}");
        return code;
    }
}
