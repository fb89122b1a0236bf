using System.CommandLine;

namespace Orrery.Arguments;

/// <summary>Makes arguments readable for the parser where mosquitto's clients read them more simply: by their number alone.</summary>
/// <remarks>
/// There an option takes what follows it, whatever it looks like: <c>-m -5</c> is a payload. And -D takes two, three or
/// four: here they become one, whose pieces a character separates that no property may hold.
/// </remarks>
internal static class ArgumentFolding
{
    /// <summary>Stands between the pieces of one -D.</summary>
    public const char Separator = '\u001f';

    /// <summary>The arguments in the parser's form.</summary>
    public static string[] Fold(RootCommand root, string[] arguments)
    {
        if (arguments.Length == 0 || root.Subcommands.FirstOrDefault(command => command.Name == arguments[0]) is not { } command) return arguments;
        if (!command.Options.Any(option => option.Name == PropertyFlags.Name)) return arguments;

        var folded = new List<string> { arguments[0] };
        for (var index = 1; index < arguments.Length; index++)
        {
            var argument = arguments[index];
            var option = command.Options.FirstOrDefault(option => option.Name == argument || option.Aliases.Contains(argument));
            if (option is null || option.Arity.MinimumNumberOfValues == 0 || index + 1 == arguments.Length)
            {
                folded.Add(argument);
            }
            else if (option.Name == PropertyFlags.Name)
            {
                var count = PropertyFlags.CountPieces(arguments.AsSpan(index + 1));
                folded.Add($"{argument}={string.Join(Separator, arguments.AsSpan(index + 1, count))}");
                index += count;
            }
            else
            {
                index++;
                if (arguments[index].StartsWith('-')) folded.Add($"{argument}={arguments[index]}");
                else folded.AddRange([argument, arguments[index]]);
            }
        }
        return [.. folded];
    }
}
