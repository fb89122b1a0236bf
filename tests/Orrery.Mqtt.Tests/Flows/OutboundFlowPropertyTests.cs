using FsCheck;
using FsCheck.Fluent;
using Orrery.Mqtt.Flows;

namespace Orrery.Mqtt.Tests.Flows;

/// <summary>
/// Random sequences of starts, acknowledgements (right, wrong and repeated) and reconnects, against a model that keeps
/// the history in lists. It judges by what a peer sees: F-1, O-2, Q1-3, Q1-6, Q2-4, Q2-5 and Q2-6 of the guarantees.
/// </summary>
public class OutboundFlowPropertyTests
{
    [Fact]
    [Trait("Statement", "MQTT-3.3.4-9")]
    [Trait("Statement", "MQTT-4.4.0-1")]
    [Trait("Statement", "MQTT-4.6.0-1")]
    [Trait("Statement", "MQTT-4.3.3-6")]
    [Trait("Statement", "MQTT-2.2.1-3")]
    [Trait("Statement", "MQTT-2.2.1-4")]
    [Trait("Statement", "MQTT-4.9.0-2")]
    public void Whatever_happens_the_peer_sees_a_legal_history()
    {
        var steps = Gen.Choose(0, 99).Zip(Gen.Choose(0, 1_000)).ListOf(120);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_500), Prop.ForAll(steps.ToArbitrary(), sequence =>
        {
            var model = new Model();
            foreach (var (kind, choice) in sequence) model.Step(kind, choice);
            return true;
        }));
    }

    private sealed class Exchange(PacketIdentifier identifier, QoS qos, string message)
    {
        public PacketIdentifier Identifier { get; } = identifier;

        public QoS QoS { get; } = qos;

        public string Message { get; } = message;

        public bool PubRelSent { get; set; }

        public bool PublishSentHere { get; set; } = true;

        public bool SentHere { get; set; } = true;
    }

    private sealed class Model
    {
        private readonly OutboundFlow<string> _flow = new();
        private readonly List<Exchange> _open = [];
        private readonly List<PacketIdentifier> _reserved = [];
        private int _receiveMaximum;
        private int _started;

        public void Step(int kind, int choice)
        {
            switch (kind)
            {
                case < 40: Start(choice % 2 == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce); break;
                case < 80: Acknowledge(kind, choice); break;
                case < 88: Resend(choice % 4 + 1); break;
                case < 94: Connect(choice % 6 + 1); break;
                case < 96: Disconnect(); break;
                case < 98: Reserve(choice); break;
                default: Discard(choice); break;
            }
            Check();
        }

        private bool Owes => _receiveMaximum > 0 && _open.Exists(exchange => !exchange.SentHere);

        private int Unacknowledged => _open.Count(exchange => exchange.PublishSentHere);

        private void Start(QoS qos)
        {
            var may = _receiveMaximum > 0 && !Owes && Unacknowledged < _receiveMaximum;
            Assert.Equal(may, _flow.CanStart);
            if (!may) return;

            var message = $"message {++_started}";
            var identifier = _flow.Start(message, qos);

            Assert.False(identifier.IsNone);                                                    // Q1-6
            Assert.DoesNotContain(_open, exchange => exchange.Identifier == identifier);        // Q1-6, Q2-6
            Assert.DoesNotContain(identifier, _reserved);
            _open.Add(new Exchange(identifier, qos, message));
        }

        private void Acknowledge(int kind, int choice)
        {
            // Mostly an exchange that is open; now and then a number that is reserved, ended or never used.
            var exchange = _open.Count > 0 && choice % 8 != 0 ? _open[choice % _open.Count] : null;
            var identifier = exchange?.Identifier ?? new PacketIdentifier((ushort)(40_000 + choice));
            var code = choice % 5 == 0 ? ReasonCode.QuotaExceeded : ReasonCode.Success;
            var (outcome, expected) = kind switch
            {
                < 55 => (_flow.OnPubAck(identifier, code, out _), OnPubAck(exchange)),
                < 70 => (_flow.OnPubRec(identifier, code, out _), OnPubRec(exchange, code)),
                _ => (_flow.OnPubComp(identifier, code, out _), OnPubComp(exchange)),
            };
            Assert.Equal(expected, outcome);
        }

        private FlowOutcome OnPubAck(Exchange? exchange) =>
            exchange is { QoS: QoS.AtLeastOnce } ? End(exchange) : FlowOutcome.Ignored;

        private FlowOutcome OnPubRec(Exchange? exchange, ReasonCode code)
        {
            var refused = code >= ReasonCode.UnspecifiedError;
            if (exchange is null) return refused ? FlowOutcome.Ignored : FlowOutcome.SendPubRelNotFound;
            if (exchange.QoS != QoS.ExactlyOnce) return FlowOutcome.Ignored;
            if (refused) return exchange.PubRelSent ? FlowOutcome.Ignored : End(exchange);
            exchange.PubRelSent = true;
            exchange.SentHere = true;
            return FlowOutcome.SendPubRel;
        }

        private FlowOutcome OnPubComp(Exchange? exchange) =>
            exchange is { PubRelSent: true } ? End(exchange) : FlowOutcome.Ignored;

        private FlowOutcome End(Exchange exchange)
        {
            _open.Remove(exchange);
            return FlowOutcome.Completed;
        }

        private void Resend(int most)
        {
            for (var count = 0; count < most; count++)
            {
                var next = _receiveMaximum == 0 ? null : _open.Find(exchange => !exchange.SentHere);
                var may = next is not null && (next.PubRelSent || Unacknowledged < _receiveMaximum);
                Assert.Equal(may, _flow.TryNextResend(out var owed));
                if (!may) return;

                // O-2: the oldest first. Q2-4, Q2-5: PUBREL if it was sent before, else PUBLISH with its identifier.
                Assert.Equal((next!.Identifier, next.Message, next.QoS), (owed.PacketIdentifier, owed.Message, owed.QoS));
                Assert.Equal(next.PubRelSent, owed.State == OutboundState.AwaitingPubComp);
                next.SentHere = true;
                next.PublishSentHere = !next.PubRelSent;
            }
        }

        private void Connect(int receiveMaximum)
        {
            _receiveMaximum = receiveMaximum;
            foreach (var exchange in _open) exchange.SentHere = exchange.PublishSentHere = false;
            _flow.Open(receiveMaximum);
        }

        private void Disconnect()
        {
            _receiveMaximum = 0;
            foreach (var exchange in _open) exchange.SentHere = exchange.PublishSentHere = false;
            _flow.Close();
        }

        private void Reserve(int choice)
        {
            if (choice % 2 == 0 && _reserved.Count > 0)
            {
                Assert.True(_flow.Release(_reserved[0]));
                _reserved.RemoveAt(0);
                return;
            }
            Assert.True(_flow.TryReserve(out var identifier));
            Assert.DoesNotContain(_open, exchange => exchange.Identifier == identifier);
            Assert.DoesNotContain(identifier, _reserved);
            _reserved.Add(identifier);
        }

        private void Discard(int choice)
        {
            if (_open.Count == 0) return;
            var exchange = _open[choice % _open.Count];
            Assert.True(_flow.Discard(exchange.Identifier));
            _open.Remove(exchange);
        }

        private void Check()
        {
            Assert.True(Unacknowledged <= Math.Max(0, _receiveMaximum) || _receiveMaximum == 0);    // F-1
            Assert.Equal(_receiveMaximum - (_receiveMaximum == 0 ? 0 : Unacknowledged), _flow.Quota);
            Assert.Equal(Owes, _flow.OwesResend);                                               // Q1-3: never twice here
            Assert.Equal(_open.Count, _flow.InFlightCount);
            Assert.Equal(_open.Select(exchange => exchange.Message), _flow.InFlight().Select(entry => entry.Message));
        }
    }
}
