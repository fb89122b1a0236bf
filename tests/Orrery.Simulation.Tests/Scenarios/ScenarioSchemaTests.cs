using System.Text.RegularExpressions;
using System.Xml.Linq;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Tests.Scenarios;

public sealed class ScenarioSchemaTests
{
    [Fact]
    public void The_schema_file_has_the_keys_of_the_model()
    {
        var path = Path.Combine(Documents.Root, "scenarios", "scenario.schema.json");
        var expected = new ScenarioSchema(Summaries()).Generate().ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("ORRERY_WRITE_SCHEMA") == "1") File.WriteAllText(path, expected);

        Assert.True(
            File.ReadAllText(path).ReplaceLineEndings("\n") == expected,
            "scenarios/scenario.schema.json is out of date: set ORRERY_WRITE_SCHEMA=1, run this test, and commit what it writes.");
    }

    [Fact]
    public void Every_key_is_described()
    {
        var summaries = Summaries();

        Assert.Equal("What happens, in file order at equal times.", summaries("P:Orrery.Simulation.Scenarios.Model.Scenario.Steps"));
        Assert.All(
            typeof(Scenario).Assembly.GetTypes().Where(type => type.Namespace == typeof(Scenario).Namespace && type.IsPublic),
            type => Assert.NotNull(summaries($"T:{type.FullName}")));
    }

    private static Func<string, string?> Summaries()
    {
        var document = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Orrery.Simulation.xml"));
        var texts = document.Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => (string)member.Attribute("name")!, member => Regex.Replace(member.Element("summary")!.Value, @"\s+", " ").Trim());
        return id => texts.GetValueOrDefault(id);
    }
}
