using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orrery.Broker.Persistence;
using Orrery.Storage.Tests.Models;
using Orrery.Storage.Transfer;

namespace Orrery.Storage.Tests;

public sealed class TransferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_out_and_read_in_is_the_same_store() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), numbers =>
        {
            using var folder = new TemporaryFolder();
            var source = new StorageOptions { Path = folder.File("from.db"), Mode = DurabilityMode.OperatingSystem };
            var target = source with { Path = folder.File("to.db") };
            var workload = new Workload();
            using (var engine = SqliteEngine.Open(source))
            {
                foreach (var group in workload.Groups(numbers)) engine.Commit(group);
                Import(target, Export(engine));
            }

            using (var engine = SqliteEngine.Open(target)) Assert.Empty(engine.Check());
            using var store = new SqliteStore(target);
            Assert.Equal(workload.Model.Text(), StoreReader.TextOf(store));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30).WithEndSize(80));

    [Fact]
    public void A_message_of_several_queues_is_written_once()
    {
        using var engine = SqliteEngine.Open(Options("a.db"));
        StoredQueue[] queues = [Build.Session(1, "a"), Build.Session(2, "b")];
        engine.Commit([.. queues.Select(queue => new StoreMutation.BeginQueue(queue)), Build.Add(Build.Message(1, payloadBytes: 100), queues)]);

        Assert.Single(Export(engine).Split('\n'), line => line.Contains("\"topic\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_lines_look_like_this()
    {
        using var engine = SqliteEngine.Open(Options("a.db"));
        var queue = Build.Session(1, "sensor");
        engine.Commit([new StoreMutation.BeginQueue(queue), new StoreMutation.Attach(queue, 60, null), Build.Add(Build.Message(1, payloadBytes: 0), queue)]);

        Assert.Equal(
            """
            {"type":"store","format":1,"largest_queue":1001,"largest_message":1001}
            {"type":"session","id":1,"name":"sensor","expiry_seconds":60,"expires_at":0,"subscriptions":[],"inbound":[]}
            {"type":"entry","queue":1,"qos":1,"retain":false,"message":1,"topic":"t","payload":"","publish_qos":1,"publish_retain":false}

            """.ReplaceLineEndings("\n"),
            Export(engine));
    }

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("nonsense", 1, "line 1: ")]
    [InlineData("""{"type":"session"}""", 1, "line 1: the first line, and no other, has the type \"store\"")]
    [InlineData("""{"type":"store","format":2}""", 1, "line 1: the format is 2, and this program reads 1")]
    [InlineData(Header + "\n" + """{"type":"other"}""", 1, "line 2: \"other\" is no type of a line")]
    [InlineData(Header + "\n" + """{"type":"retained","message":7}""", 1, "line 2: message 7 stands in no line before")]
    [InlineData(Header + "\n" + """{"type":"entry","queue":3}""", 1, "line 2: ")]
    public void A_line_that_is_wrong_is_named(string lines, int failures, string expected)
    {
        var options = Options("a.db");
        if (failures == 0) Import(options, lines);
        else Assert.StartsWith(expected, Assert.Throws<InvalidDataException>(() => Import(options, lines)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_an_empty_store_takes_an_import()
    {
        var options = Options("a.db");
        using (var engine = SqliteEngine.Open(options)) engine.Commit([new StoreMutation.BeginQueue(Build.Session(1, "a"))]);

        Assert.Contains("not empty", Assert.Throws<InvalidDataException>(() => Import(options, Header)).Message, StringComparison.Ordinal);
    }

    private const string Header = """{"type":"store","format":1,"largest_queue":5,"largest_message":5}""";

    private StorageOptions Options(string name) => new() { Path = _folder.File(name) };

    private static string Export(SqliteEngine engine)
    {
        using var output = new MemoryStream();
        StoreExport.Write(engine, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Import(StorageOptions options, string lines)
    {
        using var engine = SqliteEngine.Open(options);
        StoreImport.Read(engine, new StringReader(lines));
    }
}
