"""Persistent sessions, takeover, and what becomes of messages while a client is away."""

import contextlib

from harness import check, expect, expect_true, rows, until
from javascript_client import MqttJs
from paho_client import Paho
from raw_client import CONNACK, DISCONNECT, PINGREQ, PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, Raw, acknowledge, connect, \
    packet, publish
from tools import COMMAND_LINES

KEPT = {"SessionExpiryInterval": 300}


def persistent(context, version, identity):
    return Paho(context, version, identity, clean=False, connect_properties=KEPT if version == 5 else None)


@rows("messages wait for an offline client: QoS {0}, version {1}", [(1, 3), (1, 4), (2, 4), (1, 5), (2, 5)])
def offline_queue(context, qos, version):
    identity = context.client_id()
    first = persistent(context, version, identity)
    first.subscribe(context.topic("#"), qos)
    first.disconnect()
    publisher = Paho(context)
    for number in range(100):
        publisher.publish(context.topic(str(number % 7)), str(number), qos)
    second = persistent(context, version, identity)
    publisher.publish(context.topic("live"), "100", qos)
    received = second.received(101)
    expect([int(message.text) for message in received], list(range(101)), "order")
    expect({message.qos for message in received}, {qos}, "QoS")


@check("a killed client's session waits as well")
def killed(context):
    identity = context.client_id()
    first = persistent(context, 4, identity)
    first.subscribe(context.topic("t"), 1)
    first.kill()
    Paho(context).publish(context.topic("t"), "while away", 1)
    expect([message.text for message in persistent(context, 4, identity).received(1)], ["while away"], "deliveries")


@rows("session present, version {0}", [(4,), (5,)])
def session_present(context, version):
    identity = context.client_id()
    seen = []
    for clean in (False, False, True, False):
        client = Paho(context, version, identity, clean, connect_properties=KEPT if version == 5 and not clean else None)
        seen.append(client.session_present)
        client.disconnect()
    expect(seen, [False, True, False, False], "session present")


@check("a clean start forgets subscriptions and queue")
def clean_start(context):
    identity = context.client_id()
    first = persistent(context, 4, identity)
    first.subscribe(context.topic("old"), 1)
    first.disconnect()
    publisher = Paho(context)
    publisher.publish(context.topic("old"), "queued", 1)
    second = Paho(context, 4, identity, clean=True)
    second.subscribe(context.topic("new"), 1)
    publisher.publish(context.topic("old"), "unwanted", 1)
    publisher.publish(context.topic("new"), "wanted", 1)
    expect([message.text for message in second.received(1)], ["wanted"], "deliveries")


@check("an unacknowledged QoS 1 message comes again with DUP")
def resend(context):
    identity = context.client_id()
    first = Raw.connected(context, identity, clean=False)
    first.subscribed(context.topic("t"), 1)
    Paho(context).publish(context.topic("t"), "x", 1)
    sent = first.read(PUBLISH)
    expect(sent.duplicate, False, "DUP on the first")
    first.dispose()
    second = Raw.connected(context, identity, clean=False)
    again = second.read(PUBLISH)
    expect((again.duplicate, again.identifier, again.payload), (True, sent.identifier, b"x"), "the resend")
    second.send(acknowledge(PUBACK, again.identifier))
    expect(second.ping(), [], "packets after the acknowledgement")


@check("an outgoing QoS 2 exchange goes on where the connection broke")
def resume_release(context):
    identity = context.client_id()
    first = Raw.connected(context, identity, clean=False)
    first.subscribed(context.topic("t"), 2)
    Paho(context).publish(context.topic("t"), "x", 2)
    sent = first.read(PUBLISH)
    first.send(acknowledge(PUBREC, sent.identifier))
    first.read(PUBREL)
    first.dispose()
    second = Raw.connected(context, identity, clean=False)
    expect(second.read(PUBREL).identifier, sent.identifier, "PUBREL on the new connection")
    second.send(acknowledge(PUBCOMP, sent.identifier))
    expect(second.ping(), [], "packets after the exchange")


@check("an incoming QoS 2 exchange goes on where the connection broke")
def resume_receive(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 2)
    identity = context.client_id()
    first = Raw.connected(context, identity, clean=False)
    first.send(publish(context.topic("t"), b"once", 2, 9))
    first.read(PUBREC)
    first.dispose()
    second = Raw.connected(context, identity, clean=False)
    second.send(publish(context.topic("t"), b"once", 2, 9, duplicate=True))
    expect(second.read(PUBREC).identifier, 9, "PUBREC")
    second.send(acknowledge(PUBREL, 9))
    expect(second.read(PUBCOMP).identifier, 9, "PUBCOMP")
    Paho(context).publish(context.topic("t"), "end", 2)
    expect([message.text for message in subscriber.received(2)], ["once", "end"], "deliveries")


@check("takeover, 3.1.1: the older connection is closed, the newer works")
def takeover(context):
    identity = context.client_id()
    older = Paho(context, 4, identity)
    newer = Paho(context, 4, identity)
    until(older.closed.is_set, "the older connection to be closed")
    newer.subscribe(context.topic("t"), 1)
    newer.publish(context.topic("t"), "x", 1)
    expect(newer.received(1)[0].text, "x", "the newer connection's message")


@check("takeover, 5.0: the older connection gets DISCONNECT 0x8E")
def takeover_reason(context):
    identity = context.client_id()
    older = Raw.connected(context, identity, 5)
    Raw.connected(context, identity, 5)
    last = older.read_to_end()
    expect([(one.kind, one.reason) for one in last], [(DISCONNECT, 0x8E)], "last packets of the older connection")


@check("takeover keeps the session and loses no message")
def takeover_session(context):
    identity = context.client_id()
    older = Raw.connected(context, identity, clean=False)
    older.subscribed(context.topic("t"), 1)
    publisher = Paho(context)
    publisher.publish(context.topic("t"), "unacknowledged", 1)
    older.read(PUBLISH)
    newer = persistent(context, 4, identity)
    expect(newer.session_present, True, "session present")
    publisher.publish(context.topic("t"), "new", 1)
    expect([(message.text, message.duplicate) for message in newer.received(2)], [("unacknowledged", True), ("new", False)],
           "deliveries")


@check("200 connections at once with one client id leave exactly one")
def takeover_storm(context):
    identity = context.client_id()
    clients = [Raw(context) for _ in range(200)]
    for client in clients:
        client.send(connect(identity))
    for client in clients:  # each has had its turn once it has a CONNACK or is closed
        first = client.read()
        expect_true(first is None or (first.kind, first.reason) == (CONNACK, 0), "CONNACK or the close")
    for client in clients:
        with contextlib.suppress(ConnectionError):
            client.send(packet(PINGREQ, 0, b""))
    answers = [received.kind for client in clients for received in [client.read()] if received]
    expect(answers, [PINGRESP], "answers of all connections")


for tool in COMMAND_LINES:

    @check(f"{tool.name} sub -c -i comes back to its queue", needs=[tool.name])
    def command_line_session(context, tool=tool):
        arguments = ["-c", "-i", context.client_id("sub")]
        tool.subscribe(context, context.topic("t"), qos=2, arguments=arguments).disconnect()
        for number in range(5):
            tool.publish(context, context.topic("t"), str(number), 2)
        again = tool.subscribe(context, context.topic("t"), qos=2, arguments=arguments)
        expect([message.text for message in again.received(5)], ["0", "1", "2", "3", "4"], "deliveries")

    @check(f"a v3.1 client with the tools of {tool.name}", needs=[tool.name])
    def oldest_version(context, tool=tool):
        subscriber = tool.subscribe(context, context.topic("+/t"), qos=2, version=3)
        tool.publish(context, context.topic("a/t"), "hello", 2, version=3)
        tool.publish(context, context.topic("a/t"), "hello from 5", 2, version=5)
        expect([message.text for message in subscriber.received(2)], ["hello", "hello from 5"], "deliveries")


@check("MQTT.js comes back to its queue", needs=["mqttjs"])
def javascript_session(context):
    identity = context.client_id()
    first = MqttJs(context, client_id=identity, clean=False)
    expect(first.session_present, False, "session present at first")
    first.subscribe(context.topic("t"), 2)
    first.disconnect()
    Paho(context).publish(context.topic("t"), "while away", 2)
    second = MqttJs(context, client_id=identity, clean=False)
    expect(second.session_present, True, "session present afterwards")
    expect([message.text for message in second.received(1)], ["while away"], "deliveries")


@check("a v3.1 CONNACK has no session-present flag")
def oldest_connack(context):
    identity = context.client_id()
    Raw.connected(context, identity, 3, clean=False).dispose()
    second = Raw.connected(context, identity, 3, clean=False)
    expect(second.connack.body, b"\0\0", "CONNACK")
