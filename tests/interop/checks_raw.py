"""What only a socket can do: silence, half packets, and packets that break the rules."""

import struct
import time

from harness import check, expect, expect_true, rows
from paho_client import Paho
from raw_client import CONNACK, DISCONNECT, PINGREQ, PINGRESP, PUBLISH, Raw, connect, packet, properties, publish, subscribe, text

# After CONNECT and CONNACK: bytes after which only this connection must end.
MALFORMED = [
    ("a second CONNECT", connect("again")),
    ("packet type 0", bytes([0x00, 0])),
    ("packet type 15 in 3.1.1", bytes([0xF0, 0])),
    ("a CONNACK from a client", bytes([0x20, 2, 0, 0])),
    ("a PINGRESP from a client", bytes([0xD0, 0])),
    ("a remaining length of five bytes", bytes([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])),
    ("PUBLISH at QoS 3", packet(PUBLISH, 6, text("a") + b"\0\1x")),
    ("PUBLISH with packet identifier 0", packet(PUBLISH, 2, text("a") + b"\0\0x")),
    ("PUBLISH to a topic with +", packet(PUBLISH, 0, text("a/+") + b"x")),
    ("PUBLISH to a topic with #", packet(PUBLISH, 0, text("#") + b"x")),
    ("PUBLISH to an empty topic", packet(PUBLISH, 0, text("") + b"x")),
    ("PUBLISH to a topic with U+0000", packet(PUBLISH, 0, text(b"a\0b") + b"x")),
    ("PUBLISH to a topic with a surrogate", packet(PUBLISH, 0, text(b"a\xed\xa0\x80") + b"x")),
    ("PUBLISH to a topic in overlong UTF-8", packet(PUBLISH, 0, text(b"a\xc0\xaf") + b"x")),
    ("PUBLISH shorter than its topic", packet(PUBLISH, 0, b"\0\x20abc")),
    ("SUBSCRIBE with flags 0", bytes([0x80]) + subscribe(1, "a")[1:]),
    ("SUBSCRIBE without filters", packet(8, 2, b"\0\1")),
    ("SUBSCRIBE with packet identifier 0", subscribe(0, "a")),
    ("SUBSCRIBE at QoS 3", subscribe(1, "a", 3)),
    ("SUBSCRIBE to a/#/b", subscribe(1, "a/#/b")),
    ("SUBSCRIBE to a+", subscribe(1, "a+")),
    ("SUBSCRIBE to an empty filter", subscribe(1, "")),
    ("UNSUBSCRIBE without filters", packet(10, 2, b"\0\1")),
    ("PUBREL with flags 0", bytes([0x60, 2, 0, 1])),
    ("PUBACK of one byte", bytes([0x40, 1, 0])),
    ("PINGREQ with a body", bytes([0xC0, 1, 0])),
]


@rows("malformed: {0}", MALFORMED)
def malformed(context, name, data):
    bystander = Raw.connected(context)
    offender = Raw.connected(context)
    offender.send(data)
    answers = [one.kind for one in offender.read_to_end()]
    expect([kind for kind in answers if kind != 9 or not name.startswith("SUBSCRIBE to")], [], "answers before the close")
    expect(bystander.ping(), [], "packets to another client")


# The same in 5.0, where DISCONNECT says why.
MALFORMED_5 = [
    ("PUBLISH at QoS 3", packet(PUBLISH, 6, text("a") + b"\0\1\0x"), {0x81}),
    ("a property that PUBLISH has not", packet(PUBLISH, 0, text("a") + properties((0x11, 1)) + b"x"), {0x81, 0x82}),
    ("content type twice", packet(PUBLISH, 0, text("a") + properties((0x03, "x"), (0x03, "y")) + b"x"), {0x82}),
    ("an unknown property", packet(PUBLISH, 0, text("a") + b"\2\x7f\0" + b"x"), {0x81, 0x82}),
    ("properties longer than the packet", packet(PUBLISH, 0, text("a") + b"\x7f"), {0x81}),
    ("subscription identifier 0", packet(8, 2, b"\0\1" + properties((0x0B, 0)) + text("a") + b"\0"), {0x82}),
    ("reserved bits of the subscription options", subscribe(1, "a", 0xC0, 5), {0x81, 0x82}),
    ("retain handling 3", subscribe(1, "a", 0x30, 5), {0x81, 0x82}),
    ("PUBLISH to an empty topic without an alias", packet(PUBLISH, 0, text("") + b"\0x"), {0x81, 0x82, 0x90}),
    ("a second CONNECT", connect("again", 5), {0x82}),
    ("a wildcard in the response topic", packet(PUBLISH, 0, text("a") + properties((0x08, "a/#")) + b"x"), {0x81, 0x82, 0x90}),
]


@rows("malformed, 5.0: {0}", MALFORMED_5)
def malformed_5(context, _name, data, reasons):
    bystander = Raw.connected(context, version=5)
    offender = Raw.connected(context, version=5)
    offender.send(data)
    answers = offender.read_to_end()
    expect([one.kind for one in answers], [DISCONNECT], "answers before the close")
    expect_true(answers[0].reason in reasons, f"reason 0x{answers[0].reason:02X}, of {[hex(reason) for reason in reasons]}")
    expect(bystander.ping(), [], "packets to another client")


# In place of a CONNECT: bytes after which the connection must end without a session.
FIRST_PACKETS = [
    ("PINGREQ", packet(PINGREQ, 0, b"")),
    ("PUBLISH", publish("a", b"x")),
    ("HTTP", b"GET / HTTP/1.1\r\nHost: broker\r\n\r\n"),
    ("CONNECT with another protocol name", packet(1, 0, text("HTTP") + b"\4\2\0\0" + text("x"))),
    ("CONNECT with the reserved flag", packet(1, 0, text("MQTT") + b"\4\3\0\0" + text("x"))),
    ("CONNECT with will QoS 3", packet(1, 0, text("MQTT") + b"\4\x1e\0\0" + text("x") + text("w") + text("m"))),
    ("CONNECT with a will flag and no will", packet(1, 0, text("MQTT") + b"\4\6\0\0" + text("x"))),
    ("CONNECT with more than its parts", packet(1, 0, text("MQTT") + b"\4\2\0\0" + text("x") + b"more")),
]


@rows("first packet: {0}", FIRST_PACKETS)
def first_packet(context, _name, data):
    raw = Raw(context)
    raw.send(data)
    expect([one for one in raw.read_to_end() if one.kind != CONNACK or one.reason == 0], [], "answers before the close")


@rows("CONNECT at protocol level {0} is refused with code {1}", [(2, 1), (6, 0x84), (9, 0x84)])
def protocol_level(context, level, _code):
    raw = Raw(context)
    raw.send(packet(1, 0, text("MQTT") + bytes([level, 2, 0, 0]) + text("x")))
    answers = raw.read_to_end()
    expect_true(len(answers) <= 1 and all(one.kind == CONNACK and one.reason in (1, 0x84) for one in answers),
                f"answers {[(one.kind, one.reason) for one in answers]}")


@check("an empty client id without clean session is refused with code 2")
def empty_identifier(context):
    raw = Raw(context)
    raw.send(connect("", clean=False))
    expect([(one.kind, one.reason) for one in raw.read_to_end()], [(CONNACK, 2)], "answers")


@check("a silent client is closed after 1.5 times its keep-alive, and its will is published")
def keep_alive(context):
    watching = Paho(context)
    watching.subscribe(context.topic("will"), 1)
    raw = Raw.connected(context, keep_alive=1, will=(context.topic("will"), "silent", 1, False))
    started = time.monotonic()
    expect(raw.read_to_end(), [], "packets before the close")
    elapsed = time.monotonic() - started
    expect_true(1.4 <= elapsed <= 4.0, f"closed after {elapsed:.2f} s")
    expect(watching.received(1)[0].text, "silent", "the will")


@check("v5 a silent client gets DISCONNECT 0x8D")
def keep_alive_reason(context):
    raw = Raw.connected(context, version=5, keep_alive=1)
    expect([(one.kind, one.reason) for one in raw.read_to_end()], [(DISCONNECT, 0x8D)], "last packets")


@check("PINGREQ keeps a client alive beyond its keep-alive")
def pings(context):
    raw = Raw.connected(context, keep_alive=1)
    started = time.monotonic()
    while time.monotonic() - started < 2.5:
        expect(raw.ping(), [], "packets before PINGRESP")
        time.sleep(0.5)


@check("keep-alive 0 never closes; another silent client's end tells that time has passed")
def keep_alive_off(context):
    forever = Raw.connected(context, keep_alive=0)
    Raw.connected(context, keep_alive=1).read_to_end()
    expect(forever.ping(), [], "packets to the client without keep-alive")


@check("packets one byte at a time, and many packets in one write")
def split_and_joined(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 1)
    raw = Raw(context)
    for byte in connect(context.client_id()) + publish(context.topic("t"), b"split", 1, 1):
        raw.send(bytes([byte]))
    raw.read(CONNACK)
    raw.read(4)
    raw.send(b"".join(publish(context.topic("t"), str(number).encode(), 1, number + 2) for number in range(200)))
    for number in range(200):
        expect(raw.read(4).identifier, number + 2, "PUBACK")
    expect([message.text for message in subscriber.received(201)], ["split", *map(str, range(200))], "deliveries")


@check("packets that follow CONNECT before CONNACK has come are handled")
def eager(context):
    raw = Raw(context)
    raw.send(connect(context.client_id()) + subscribe(1, context.topic("t")) + publish(context.topic("t"), b"eager")
             + packet(PINGREQ, 0, b""))
    kinds = [raw.read().kind for _ in range(4)]
    expect(kinds[0], CONNACK, "the first answer")
    expect(sorted(kinds), sorted([CONNACK, 9, PUBLISH, PINGRESP]), "answers")


@check("nothing is handled after DISCONNECT")
def after_disconnect(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 1)
    raw = Raw.connected(context)
    raw.send(publish(context.topic("t"), b"before") + packet(DISCONNECT, 0, b"") + publish(context.topic("t"), b"after"))
    raw.read_to_end()
    Paho(context).publish(context.topic("t"), "end", 1)
    expect([message.text for message in subscriber.received(2)], ["before", "end"], "deliveries")


@check("a subscriber that does not read for a while loses no QoS 1 message")
def slow_reader(context):
    raw = Raw.connected(context)
    raw.subscribed(context.topic("t"), 1)
    publisher = Paho(context)
    body = "x" * 10_000
    for number in range(300):
        publisher.publish(context.topic("t"), f"{number} {body}", 1)
    for number in range(300):
        received = raw.read(PUBLISH)
        expect(int(received.payload.split(b" ")[0]), number, "order")
        raw.send(packet(4, 0, struct.pack(">H", received.identifier)))
