using Orrery.Actors.Cells;
using Orrery.Actors.Production;

namespace Orrery.Actors.Tests.Cells;

/// <summary>Every order in which a few senders and the owner of a mailbox can meet.</summary>
/// <remarks>
/// <para>One thread plays all parts, one operation of the mailbox at a time, and goes through the tree of all choices. That is
/// every interleaving there is: each operation happens under the gate, except for the look at the flag of system messages,
/// which is one read, and for what the owner takes from the part of the backlog that no sender touches.
/// <see cref="Production.SpinGateTests"/> see to the gate.</para>
/// <para>A mailbox that is at rest with a message in it has lost a wake-up; two owners at once would break everything else.</para>
/// </remarks>
public sealed class MailboxInterleavingTests
{
    [Theory]
    [InlineData(1, 0, 0, 1, 1)]                            // messages of two senders and of the runtime, throughput, orders
    [InlineData(3, 0, 0, 2, 27)]
    [InlineData(2, 2, 0, 1, 1_710)]
    [InlineData(2, 2, 0, 3, 918)]
    [InlineData(3, 2, 0, 2, 12_680)]
    [InlineData(2, 0, 1, 1, 81)]
    [InlineData(2, 1, 2, 2, 23_046)]
    [InlineData(2, 2, 1, 2, 31_188)]
    public void No_wake_up_is_lost_and_there_is_one_owner_at_a_time(int ofFirst, int ofSecond, int ofRuntime, int throughput, int orders)
    {
        var runs = 0;
        for (var choices = new Choices(); choices.MoveNext(); runs++) new Run(choices, [ofFirst, ofSecond, ofRuntime], throughput).ToItsEnd();

        Assert.Equal(orders, runs);
    }

    [Fact]
    public void Closing_meets_every_message_once()
    {
        for (var choices = new Choices(); choices.MoveNext();) new Run(choices, [2, 2, 1], throughput: 2) { ClosesAfter = 2 }.ToItsEnd();
    }

    [Fact]
    public void A_suspended_actor_keeps_its_messages_until_it_is_resumed()
    {
        for (var choices = new Choices(); choices.MoveNext();) new Run(choices, [2, 1, 2], throughput: 2) { IsSuspendedByRuntime = true }.ToItsEnd();
    }

    /// <summary>A walk through a tree of choices, depth first; each run makes the choices anew, from the first.</summary>
    private sealed class Choices
    {
        private readonly List<(int Chosen, int Of)> _path = [];
        private int _depth;
        private bool _isUnderWay;

        /// <summary>Begins the next run; false after the last one.</summary>
        public bool MoveNext()
        {
            _depth = 0;
            if (!_isUnderWay) return _isUnderWay = true;
            while (_path.Count > 0 && _path[^1].Chosen + 1 == _path[^1].Of) _path.RemoveAt(_path.Count - 1);
            if (_path.Count == 0) return false;
            _path[^1] = (_path[^1].Chosen + 1, _path[^1].Of);
            return true;
        }

        public int Next(int of)
        {
            if (_depth == _path.Count) _path.Add((0, of));
            return _path[_depth++].Chosen;
        }

        public override string ToString() => string.Join(' ', _path.Select(step => step.Chosen));
    }

    private sealed class Run(Choices choices, int[] counts, int throughput)
    {
        private readonly ActorThread _thread = new();
        private readonly int[] _sent = new int[counts.Length];
        private readonly int[] _handled = new int[counts.Length];
        private readonly int[] _refused = new int[counts.Length];
        private Mailbox _mailbox;
        private IEnumerator<bool>? _turn;
        private int _ready;
        private bool _isSuspended;

        /// <summary>Plain messages after which the owner closes the mailbox.</summary>
        public int ClosesAfter { get; init; } = int.MaxValue;

        /// <summary>Whether the messages of the runtime suspend the actor and resume it, by turns.</summary>
        public bool IsSuspendedByRuntime { get; init; }

        public void ToItsEnd()
        {
            var parts = new List<int>();
            while (true)
            {
                parts.Clear();
                for (var sender = 0; sender < counts.Length; sender++)
                {
                    if (_sent[sender] < counts[sender]) parts.Add(sender);
                }

                if (_turn is not null || _ready > 0) parts.Add(counts.Length);
                if (parts.Count == 0) break;
                var part = parts[parts.Count == 1 ? 0 : choices.Next(parts.Count)];
                if (part < counts.Length) Send(part);
                else Own();
            }

            for (var sender = 0; sender < counts.Length; sender++)
            {
                Check(_handled[sender] + _refused[sender] == counts[sender], $"sender {sender} is left with a message that nobody takes");
            }
        }

        /// <summary>One message: of the runtime for the last of the senders.</summary>
        private void Send(int sender)
        {
            var number = _sent[sender]++;
            var outcome = sender == counts.Length - 1
                ? _mailbox.EnqueueSystem(new Numbered(number))
                : _mailbox.Enqueue((sender, number), null, capacity: 0);
            if (outcome == Mailbox.Outcome.Closed)
            {
                _refused[sender]++;
                return;
            }

            if (outcome != Mailbox.Outcome.AcceptedAndReady) return;
            _ready++;
            Check(_ready == 1 && _turn is null, "two owners");
        }

        /// <summary>One operation of the owner, in the turn that is under way or in the next one.</summary>
        private void Own()
        {
            if (_turn is null)
            {
                _ready--;
                _turn = Turn().GetEnumerator();
            }

            if (!_turn.MoveNext()) _turn = null;
        }

        /// <summary>As <see cref="ActorCell.Run(ActorThread, int)"/>, in steps.</summary>
        private IEnumerable<bool> Turn()
        {
            var handled = 0;
            while (true)
            {
                if (_mailbox.HasSystemMessages)
                {
                    yield return true;
                    Handle(_mailbox.TakeSystemMessages());
                }

                yield return true;
                if (handled == throughput)
                {
                    if (!_mailbox.TryRest(_thread, _isSuspended)) _ready++;
                    yield break;
                }

                var found = _mailbox.Take(_thread, _isSuspended, out var envelope);
                if (found == Mailbox.Found.Nothing) yield break;
                yield return true;
                if (found == Mailbox.Found.SystemMessages) continue;
                Check(!_isSuspended, "a suspended actor got a message");
                Handle(((int Sender, int Number))envelope.Message);
                handled++;
                if (_handled.Sum() >= ClosesAfter)
                {
                    Close();
                    yield break;
                }
            }
        }

        private void Close()
        {
            var rest = new List<Envelope>();
            Handle(_mailbox.Close(rest));
            foreach (var (message, _) in rest) Handle(((int Sender, int Number))message);
        }

        private void Handle(SystemMessage? first)
        {
            for (var message = first; message is not null; message = message.Next)
            {
                var number = ((Numbered)message).Number;
                Handle((counts.Length - 1, number));
                if (IsSuspendedByRuntime) _isSuspended = number % 2 == 0;
            }
        }

        private void Handle((int Sender, int Number) message) =>
            Check(_handled[message.Sender]++ == message.Number, $"message {message.Number} of sender {message.Sender} came out of order");

        private void Check(bool condition, string otherwise) => Assert.True(condition, $"{otherwise}, by the choices {choices}");
    }

    private sealed class Numbered(int number) : SystemMessage
    {
        public int Number => number;
    }
}
