using System.Globalization;
using System.Reflection;
using System.Text;
using Orrery.Broker;
using Orrery.Server.Configuration;
using Orrery.Server.Options;

namespace Orrery.Server.Tests.Options;

/// <summary>The tables of docs/OPERATIONS.md against the options: every key, its default and its range.</summary>
public sealed class OperationsPageTests
{
    private static readonly string Page = ReadPage();

    public static TheoryData<string, Type> Tables() => new()
    {
        { "### Keys of a listener", typeof(MqttListenerOptions) },
        { "### Keys of a broker", typeof(BrokerOptions) },
        { "### Keys of the host", typeof(MqttServerOptions) },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_key_is_there_with_its_default(string heading, Type type)
    {
        var options = Activator.CreateInstance(type)!;

        Assert.Equal(
            OptionsOf(type).Select(option => $"{option.Name}: {Text(option.GetValue(options)!)}").Order(StringComparer.Ordinal),
            Rows(heading).Select(row => $"{row.Key}: {row.Default}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_range_is_what_is_accepted(string heading, Type type)
    {
        foreach (var (key, _, range) in Rows(heading))
        {
            var option = OptionsOf(type).Single(option => option.Name == key);
            if (option.PropertyType.IsEnum)
            {
                Assert.Equal(Enum.GetNames(option.PropertyType).Select(name => $"`{name}`"), range.Split(", "));
            }
            else if (option.PropertyType == typeof(bool))
            {
                Assert.Equal("true, false", range);
            }
            else if (option.PropertyType != typeof(string))
            {
                CheckNumbers(option, range);
            }
        }
    }

    [Fact]
    public void The_files_that_it_shows_can_be_read()
    {
        var blocks = Page.Split("```json\n").Skip(1).Select(part => part.Split("```")[0]).ToArray();

        Assert.Equal(2, blocks.Length);
        Assert.All(blocks, block => Assert.NotEmpty(ConfigurationFile.Parse("page", Encoding.UTF8.GetBytes(block))));
    }

    private static void CheckNumbers(PropertyInfo option, string range)
    {
        var least = Number(range.Split(' ')[0]);
        var typesMost = Number(option.PropertyType.GetField("MaxValue")!.GetValue(null)!.ToString()!);
        var most = range.EndsWith(" and up", StringComparison.Ordinal) ? typesMost : Number(range.Split(" to ")[1]);

        Assert.True(Accepts(option, least), $"{option.Name}: {least} is in the page's range and refused");
        Assert.True(Accepts(option, most), $"{option.Name}: {most} is in the page's range and refused");
        Assert.False(Accepts(option, least - 1), $"{option.Name}: {least - 1} is below the page's range and accepted");
        Assert.False(most < typesMost && Accepts(option, most + 1), $"{option.Name}: {most + 1} is above the page's range and accepted");
    }

    private static bool Accepts(PropertyInfo option, decimal value)
    {
        if (option.PropertyType == typeof(uint) && value < 0) return false;
        var options = Activator.CreateInstance(option.DeclaringType!)!;
        option.SetValue(options, Convert.ChangeType(value, option.PropertyType, CultureInfo.InvariantCulture));
        return options switch
        {
            BrokerOptions limits => limits.Validate().Count == 0,
            MqttServerOptions server => new MqttServerOptionsValidator().Validate(null, server).Succeeded,
            MqttListenerOptions listener => new MqttBrokerOptionsValidator().Validate(null, new MqttBrokerOptions { Listeners = { listener } }).Succeeded,
            _ => throw new InvalidOperationException($"no validator for {option.DeclaringType}"),
        };
    }

    private static PropertyInfo[] OptionsOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(option => option.SetMethod is { IsPublic: true })];

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string or Enum => $"`{value}`",
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"no way to write {value}"),
    };

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static (string Key, string Default, string Range)[] Rows(string heading)
    {
        var section = Page.Split($"{heading}\n")[1].Split("\n#")[0];
        var rows = section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1].Trim('`'), cells[2], cells[3]));
        return [.. rows];
    }

    private static string ReadPage()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Engine.sln"))) folder = Path.GetDirectoryName(folder)!;
        return File.ReadAllText(Path.Combine(folder, "docs", "OPERATIONS.md"));
    }
}
