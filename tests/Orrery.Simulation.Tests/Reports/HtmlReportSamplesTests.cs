using System.Text;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;
using Orrery.Simulation.Tests.Scenarios;

namespace Orrery.Simulation.Tests.Reports;

/// <summary>Leaves the pages that tests/interop/checks_reports.py opens in a browser, in the folder `reports` beside the tests.</summary>
public sealed class HtmlReportSamplesTests
{
    [Theory]
    [InlineData("keep-alive")]
    [InlineData("half-open")]
    [InlineData("hostile")]
    [InlineData("large")]
    public void The_pages_for_the_browser_are_written(string name)
    {
        var result = Make(name);
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "reports"));
        var path = Path.Combine(folder.FullName, $"{name}.html");

        using (var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))) HtmlReport.Write(result, writer);

        Assert.EndsWith("</html>\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_made_again_has_the_same_page()
    {
        Assert.Equal(Page(), Page());

        static string Page()
        {
            using var writer = new StringWriter();
            HtmlReport.Write(KeepAlive(), writer);
            return writer.ToString();
        }
    }

    private static RunResult Make(string name) => name switch
    {
        "keep-alive" => KeepAlive(),
        "half-open" => HandMadeRuns.HalfOpen(),
        "hostile" => HandMadeRuns.Hostile(),
        _ => HandMadeRuns.Large(10_000),
    };

    /// <summary>A run of a scenario of the library.</summary>
    private static RunResult KeepAlive() =>
        ScenarioRunner.Run(Documents.ReadLibrary("keep-alive/half-open-keepalive-will-delay.yaml").Runs[0], new RunOptions { Detailed = true });
}
