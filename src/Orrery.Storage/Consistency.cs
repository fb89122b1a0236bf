using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>What must be true of the tables together, beside what SQLite itself looks after.</summary>
internal static class Consistency
{
    private const string Parts = """
        SELECT queue FROM subscriptions UNION ALL SELECT queue FROM inbound UNION ALL SELECT queue FROM entries
        """;

    private const string References = "SELECT message FROM entries WHERE body IS NULL UNION ALL SELECT message FROM retained";

    /// <summary>A query that counts what is wrong, and the words for it.</summary>
    private static readonly (string Sql, string What)[] Rules =
    [
        ($"SELECT count(DISTINCT queue) FROM ({Parts}) WHERE queue NOT IN (SELECT id FROM queues) AND queue NOT IN (SELECT queue FROM ended)",
            "queues are missing of which there are subscriptions, messages or identifiers"),
        ($"SELECT count(*) FROM (SELECT DISTINCT message FROM ({References})) WHERE message NOT IN (SELECT id FROM messages)",
            "messages are missing that a queue or a topic refers to"),
        ($"""
          SELECT count(*) FROM messages AS m LEFT JOIN shares AS s ON s.message = m.id
              LEFT JOIN (SELECT message, count(*) AS refs FROM ({References}) GROUP BY message) AS r ON r.message = m.id
          WHERE coalesce(r.refs, 0) <> coalesce(s.refs, 1)
          """,
            "messages are counted wrong: they would be deleted too early or never"),
        ("SELECT count(*) FROM shares WHERE message NOT IN (SELECT id FROM messages)", "counts are there of messages that are not"),
        ("SELECT count(*) FROM entries WHERE packet IS NOT NULL AND (state IS NULL OR state NOT BETWEEN 1 AND 3 OR packet NOT BETWEEN 1 AND 65535)",
            "messages in flight are in no state that there is"),
        ("SELECT count(*) FROM (SELECT 1 FROM entries WHERE packet IS NOT NULL GROUP BY queue, packet HAVING count(*) > 1)",
            "packet identifiers are in use twice in one session"),
        ("""
         SELECT count(*) FROM marks WHERE (name = 'queue' AND value < (SELECT max(id) FROM queues))
             OR (name = 'message' AND value < (SELECT max(id) FROM (SELECT max(id) AS id FROM messages UNION ALL SELECT max(message) FROM entries)))
         """,
            "marks are below ids that are in use"),
    ];

    /// <summary>Says what is wrong, a clause each.</summary>
    public static IReadOnlyList<string> Check(SqliteConnection connection, QueueReader reader)
    {
        var problems = connection.ReadTexts("PRAGMA integrity_check(20)").Where(line => line != "ok").ToList();
        if (problems.Count > 0) return problems;            // what tables say together means nothing then

        problems.AddRange(
            from rule in Rules
            let count = connection.ReadNumber(rule.Sql)
            where count > 0
            select $"{count} {rule.What}");
        try
        {
            using var messages = connection.PrepareOnce("SELECT id FROM messages");
            while (messages.Step())
            {
                _ = reader.Message(messages.Integer(0));
            }

            using var entries = connection.PrepareOnce("SELECT message, options, identifiers, body, expires_at FROM entries WHERE body IS NOT NULL");
            while (entries.Step())
            {
                _ = reader.Entry(entries, messageColumn: 0, optionsColumn: 1, identifiersColumn: 2, bodyColumn: 3, expiresAtColumn: 4);
            }

            new Recovery(connection, reader, new Ids(connection)).Run(_ => { }, _ => { });
        }
        catch (StoreException failure)
        {
            problems.Add(failure.Message);
        }

        return problems;
    }
}
