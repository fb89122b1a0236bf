using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orrery.CrashTests;

/// <summary>What a run came to, in words and as JSON.</summary>
internal static class CrashReport
{
    /// <summary>The mode that promises nothing beyond the process.</summary>
    public const string Unpromised = "memory";

    /// <summary>How long to wait for what is owed while nothing comes: not for long where it was promised to nobody.</summary>
    public static TimeSpan PatienceOf(string mode) => TimeSpan.FromSeconds(mode == Unpromised ? 2 : 15);

    /// <summary>Whether a mode promises nothing of the kind.</summary>
    public static bool IsForgiven(string mode, Finding finding) =>
        mode == Unpromised && finding.Rule is CrashRule.Loss or CrashRule.Session or CrashRule.Retained or CrashRule.Will;

    /// <summary>The exit code of a run.</summary>
    public static int ExitCodeOf(CrashResult result) =>
        Violations(result) > 0 ? VerdictExitCodes.Fail : result.Failure is not null ? VerdictExitCodes.Unknown : VerdictExitCodes.Pass;

    /// <summary>The line of a run, and what stands before it.</summary>
    public static string AsText(CrashResult result, string folder)
    {
        var text = new StringBuilder();
        if (result.Failure is { } failure) text.Append(CultureInfo.InvariantCulture, $"{result.Mode}: nobody can tell: {failure}\n");
        text.Append(CultureInfo.InvariantCulture, $"{result.Mode}: killed at {string.Join(", ", result.Moments.Select(moment => $"{moment.Key} {moment.Value}"))}\n");
        if (result.Mode == Unpromised)
        {
            text.Append(CultureInfo.InvariantCulture, $"{result.Mode}: as promised, nothing outlived the process: {Number(Forgiven(result, CrashRule.Loss))} acknowledged deliveries,");
            text.Append(CultureInfo.InvariantCulture, $" {Number(Forgiven(result, CrashRule.Session))} sessions, {Number(Forgiven(result, CrashRule.Retained))} retained values and");
            text.Append(CultureInfo.InvariantCulture, $" {Number(Forgiven(result, CrashRule.Will))} wills lost\n");
        }

        if (ExitCodeOf(result) != VerdictExitCodes.Pass) text.Append(CultureInfo.InvariantCulture, $"{result.Mode}: the history and the broker's files are in {folder}\n");
        text.Append(CultureInfo.InvariantCulture, $"{result.Mode}: {Number(result.Kills)} kills, {Number(result.Acknowledged)} messages acknowledged, ");
        text.Append(CultureInfo.InvariantCulture, $"{Number(result.Delivered)} delivered, {Number(Violations(result))} violations in {result.Elapsed.TotalSeconds:0.0} s\n");
        return text.ToString();
    }

    /// <summary>One JSON object on a line.</summary>
    public static string AsJson(CrashResult result, string folder)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("mode", result.Mode);
            json.WriteNumber("kills", result.Kills);
            json.WriteNumber("acknowledged", result.Acknowledged);
            json.WriteNumber("delivered", result.Delivered);
            json.WriteNumber("violations", Violations(result));
            json.WriteNumber("lostAsPromised", Enum.GetValues<CrashRule>().Sum(rule => Forgiven(result, rule)));
            json.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 3));
            if (result.Failure is { } failure) json.WriteString("failure", failure);
            if (ExitCodeOf(result) != VerdictExitCodes.Pass) json.WriteString("folder", folder);
            json.WriteStartObject("moments");
            foreach (var (moment, count) in result.Moments) json.WriteNumber(moment, count);
            json.WriteEndObject();
            json.WriteStartArray("findings");
            foreach (var finding in result.Findings.Where(finding => !IsForgiven(result.Mode, finding))) Write(json, finding);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("rule", finding.Rule.ToString());
        json.WriteString("text", finding.Text);
        if (finding.Event != long.MaxValue) json.WriteNumber("event", finding.Event);
        if (finding.Message is { } message) json.WriteString("message", message.ToString());
        if (finding.Client is { } client) json.WriteString("client", client);
        json.WriteEndObject();
    }

    private static int Violations(CrashResult result) => result.Findings.Where(finding => !IsForgiven(result.Mode, finding)).Sum(finding => finding.Count);

    private static int Forgiven(CrashResult result, CrashRule rule) =>
        result.Findings.Where(finding => finding.Rule == rule && IsForgiven(result.Mode, finding)).Sum(finding => finding.Count);

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
