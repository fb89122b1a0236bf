"""MQTT 5.0: properties, options and codes."""

from harness import check, expect, expect_true, rows, until
from javascript_client import MqttJs
from paho_client import Paho
from raw_client import CONNACK, DISCONNECT, PUBACK, PUBLISH, PUBREC, Raw, acknowledge, connect, packet, publish, subscribe
from tools import MOSQUITTO

SESSION_EXPIRY, RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS, MAXIMUM_PACKET_SIZE, SUBSCRIPTION_IDENTIFIER = \
    0x11, 0x21, 0x22, 0x23, 0x27, 0x0B
MESSAGE_EXPIRY, ASSIGNED_CLIENT_IDENTIFIER = 0x02, 0x12

FORWARDED = {
    "user properties, in order and repeated": {"UserProperty": [("b", "2"), ("a", "1"), ("b", "2")]},
    "content type": {"ContentType": "application/json"},
    "response topic and correlation data": {"ResponseTopic": "answers/here", "CorrelationData": b"\x00\x01\xff"},
    "payload format indicator": {"PayloadFormatIndicator": 1},
}


@rows("v5 {0} forwarded", [(name,) for name in FORWARDED])
def forwarded(context, name):
    subscriber = Paho(context, 5)
    subscriber.subscribe(context.topic("t"), 1)
    Paho(context, 5).publish(context.topic("t"), "x", 1, publish_properties=FORWARDED[name])
    received = subscriber.received(1)[0].properties
    for key, value in FORWARDED[name].items():
        # paho spells binary data in hexadecimal
        expect(received.get(key), value.hex() if isinstance(value, bytes) else value, key)


@check("v5 properties survive retaining and queueing")
def kept_properties(context):
    sent = {"UserProperty": [("k", "v")], "ContentType": "x"}
    identity = context.client_id()
    away = Paho(context, 5, identity, clean=False, connect_properties={"SessionExpiryInterval": 60})
    away.subscribe(context.topic("t"), 1)
    away.disconnect()
    Paho(context, 5).publish(context.topic("t"), "x", 1, True, sent)
    late = Paho(context, 5)
    late.subscribe(context.topic("t"), 1)
    back = Paho(context, 5, identity, clean=False, connect_properties={"SessionExpiryInterval": 60})
    for client in (late, back):
        received = client.received(1)[0].properties
        expect({key: received.get(key) for key in sent}, sent, "properties")


@check("v5 properties from mosquitto_pub to MQTT.js", needs=["mosquitto", "mqttjs"])
def tools_properties(context):
    subscriber = MqttJs(context, 5)
    subscriber.subscribe(context.topic("t"), 1)
    MOSQUITTO.publish(context, context.topic("t"), "x", 1, version=5, arguments=[
        "-D", "publish", "user-property", "key", "value", "-D", "publish", "content-type", "text/plain"])
    received = subscriber.received(1)[0].properties
    expect((received.get("userProperties"), received.get("contentType")), ({"key": "value"}, "text/plain"), "properties")


@check("a request and its response through response topic and correlation data")
def request_response(context):
    responder, requester = Paho(context, 5), Paho(context, 5)
    responder.subscribe(context.topic("ask"), 1)
    requester.subscribe(context.topic("answers"), 1)
    requester.publish(context.topic("ask"), "2+2", 1, publish_properties={
        "ResponseTopic": context.topic("answers"), "CorrelationData": b"42"})
    asked = responder.received(1)[0].properties
    responder.publish(asked["ResponseTopic"], "4", 1, publish_properties={"CorrelationData": bytes.fromhex(asked["CorrelationData"])})
    answer = requester.received(1)[0]
    expect((answer.text, answer.properties.get("CorrelationData")), ("4", b"42".hex()), "the response")


@check("v5 message expiry: live and stored messages carry what is left of it")
def expiry_forwarded(context):
    subscriber = Paho(context, 5)
    subscriber.subscribe(context.topic("t"), 1)
    Paho(context, 5).publish(context.topic("t"), "x", 1, True, {"MessageExpiryInterval": 100})
    expect_true(98 <= subscriber.received(1)[0].properties["MessageExpiryInterval"] <= 100, "the live message's interval")
    late = Paho(context, 5)
    late.subscribe(context.topic("t"), 1)
    expect_true(97 <= late.received(1)[0].properties["MessageExpiryInterval"] <= 100, "the stored message's interval")


@check("v5 message expiry: an expired message is not delivered from the queue")
def expired(context):
    identity = context.client_id()
    away = Paho(context, 5, identity, clean=False, connect_properties={"SessionExpiryInterval": 60})
    away.subscribe(context.topic("#"), 1)
    away.disconnect()
    # A will that is due after the message has expired tells when that is.
    clock = Paho(context, 5)
    clock.subscribe(context.topic("clock"), 1)
    publisher = Paho(context, 5)
    publisher.publish(context.topic("short"), "short", 1, publish_properties={"MessageExpiryInterval": 1})
    publisher.publish(context.topic("long"), "long", 1, publish_properties={"MessageExpiryInterval": 100})
    Paho(context, 5, connect_properties={"SessionExpiryInterval": 60}, will={
        "topic": context.topic("clock"), "payload": "clock", "qos": 1, "properties": {"WillDelayInterval": 3}}).kill()
    clock.received(1)
    back = Paho(context, 5, identity, clean=False, connect_properties={"SessionExpiryInterval": 60})
    expect([message.text for message in back.received(2)], ["long", "clock"], "deliveries")


@check("v5 subscription identifiers, all of an overlap")
def subscription_identifiers(context):
    raw = Raw.connected(context, version=5)
    raw.subscribed(context.topic("a/#"), 1, 1, [(SUBSCRIPTION_IDENTIFIER, 7)])
    raw.subscribed(context.topic("a/+"), 1, 2, [(SUBSCRIPTION_IDENTIFIER, 268_435_455)])
    Paho(context).publish(context.topic("a/b"), "x", 1)
    received = raw.read(PUBLISH)
    raw.send(acknowledge(PUBACK, received.identifier))
    identifiers = list(received.properties.get(SUBSCRIPTION_IDENTIFIER, []))
    for later in raw.ping():  # one copy with both identifiers, or one copy for each
        identifiers += later.properties.get(SUBSCRIPTION_IDENTIFIER, [])
    expect(sorted(identifiers), [7, 268_435_455], "identifiers")


@check("v5 no local")
def no_local(context):
    client = Paho(context, 5)
    client.subscribe(context.topic("t"), 1, options={"no_local": True})
    client.publish(context.topic("t"), "own", 1)
    Paho(context).publish(context.topic("t"), "another's", 1)
    expect([message.text for message in client.received(1)], ["another's"], "deliveries")


@rows("v5 retain as published: {0}", [(False,), (True,)])
def retain_as_published(context, option):
    client = Paho(context, 5)
    client.subscribe(context.topic("t"), 1, options={"retain_as_published": option})
    Paho(context).publish(context.topic("t"), "x", 1, True)
    expect([message.retain for message in client.received(1)], [option], "RETAIN")


@rows("v5 retain handling {0}", [(0, 2), (1, 1), (2, 0)])
def retain_handling(context, handling, expected):
    publisher = Paho(context)
    publisher.publish(context.topic("t"), "stored", 1, True)
    client = Paho(context, 5)
    for _ in range(2):
        client.subscribe(context.topic("t"), 1, options={"retain_handling": handling})
    client.subscribe(context.topic("end"), 1)
    publisher.publish(context.topic("end"), "end", 1)
    received = [message.text for message in client.received(expected + 1)]
    expect(sorted(received), ["end"] + ["stored"] * expected, "deliveries")


@check("v5 session expiry: 0 ends the session with the connection, 1 s ends it a second later")
def session_expiry(context):
    present = {}
    brief, none = context.client_id(), context.client_id()
    Paho(context, 5, none, clean=False).disconnect()
    present["none"] = Paho(context, 5, none, clean=False).session_present
    clock = Paho(context, 5)
    clock.subscribe(context.topic("clock"), 1)
    Paho(context, 5, brief, clean=False, connect_properties={"SessionExpiryInterval": 1}).disconnect()
    Paho(context, 5, connect_properties={"SessionExpiryInterval": 60}, will={
        "topic": context.topic("clock"), "payload": "clock", "qos": 1, "properties": {"WillDelayInterval": 3}}).kill()
    clock.received(1)
    present["brief"] = Paho(context, 5, brief, clean=False).session_present
    expect(present, {"none": False, "brief": False}, "session present")


@check("v5 session expiry: DISCONNECT can end the session")
def session_expiry_at_disconnect(context):
    identity = context.client_id()
    raw = Raw.connected(context, identity, 5, clean=True, connect_properties=[(SESSION_EXPIRY, 100)])
    raw.send(packet(DISCONNECT, 0, bytes([0, 5, SESSION_EXPIRY, 0, 0, 0, 0])))
    raw.read_to_end()
    expect(Raw.connected(context, identity, 5, clean=False).session_present, False, "session present")


@rows("v5 receive maximum {0} of a subscriber is kept", [(1,), (3,)])
def receive_maximum(context, maximum):
    raw = Raw.connected(context, version=5, connect_properties=[(RECEIVE_MAXIMUM, maximum)])
    raw.subscribed(context.topic("t"), 2)
    publisher = Paho(context)
    for number in range(8):
        publisher.publish(context.topic("t"), str(number), 1 + number % 2)
    received = []
    while len(received) < 8:
        in_flight = [raw.read(PUBLISH)]
        in_flight += raw.ping()  # PINGRESP comes after whatever else may be in flight
        expect_true(len(in_flight) <= maximum, f"{len(in_flight)} in flight")
        for one in in_flight:
            received.append(int(one.payload))
            if one.qos == 1:
                raw.send(acknowledge(PUBACK, one.identifier))
            else:  # PUBREC with an error code ends the exchange, and its quota
                raw.send(packet(PUBREC, 0, one.identifier.to_bytes(2, "big") + b"\x80"))
    expect(received, list(range(8)), "order")


@check("v5 an assigned client identifier is told and is different each time")
def assigned_identifier(context):
    assigned = [Raw.connected(context, "", 5).connack.properties.get(ASSIGNED_CLIENT_IDENTIFIER) for _ in range(3)]
    expect_true(all(assigned) and len(set(assigned)) == 3, f"assigned identifiers {assigned}")


@check("v5 topic alias of a publisher")
def inbound_alias(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("#"), 1)
    raw = Raw.connected(context, version=5)
    expect_true(raw.connack.properties.get(TOPIC_ALIAS_MAXIMUM, 0) >= 2, "CONNACK offers at least two topic aliases")
    for topic, alias, payload in (("a", 1, b"1"), ("", 1, b"2"), ("b", 2, b"3"), ("", 1, b"4"), ("c", 1, b"5"), ("", 1, b"6")):
        raw.send(publish(context.topic(topic) if topic else "", payload, version=5, publish_properties=[(TOPIC_ALIAS, alias)]))
    received = subscriber.received(6)
    expect([(message.topic[len(context.prefix) + 1:], message.text) for message in received],
           [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4"), ("c", "5"), ("c", "6")], "deliveries")


@check("v5 topic alias toward a subscriber stays within its maximum and resolves")
def outbound_alias(context):
    raw = Raw.connected(context, version=5, connect_properties=[(TOPIC_ALIAS_MAXIMUM, 2)])
    raw.subscribed(context.topic("#"), 0)
    publisher = Paho(context)
    topics = [context.topic(name) for name in "abcaabbccabc"]
    for topic in topics:
        publisher.publish(topic, "x", 1)
    known, resolved = {}, []
    for _ in topics:
        received = raw.read(PUBLISH)
        alias = received.properties.get(TOPIC_ALIAS)
        expect_true(alias is None or 1 <= alias <= 2, f"alias {alias}")
        if received.topic and alias:
            known[alias] = received.topic
        resolved.append(received.topic or known.get(alias))
    expect(resolved, topics, "topics")


@rows("v5 a topic alias {0} is refused with 0x94", [("of 0", 0), ("above the maximum", 65535)])
def refused_alias(context, _name, alias):
    raw = Raw.connected(context, version=5)
    raw.send(publish(context.topic("t"), b"x", version=5, publish_properties=[(TOPIC_ALIAS, alias)]))
    expect([(one.kind, one.reason) for one in raw.read_to_end()], [(DISCONNECT, 0x94)], "answer")


@check("v5 maximum packet size of a subscriber is kept")
def maximum_packet_size(context):
    raw = Raw.connected(context, version=5, connect_properties=[(MAXIMUM_PACKET_SIZE, 100)])
    raw.subscribed(context.topic("t"), 1)
    publisher = Paho(context)
    publisher.publish(context.topic("t"), "x" * 200, 1)
    publisher.publish(context.topic("t"), "small", 1)
    expect(raw.read(PUBLISH).payload, b"small", "the only message that fits")


@check("v5 a shared subscription gives each message to one member")
def shared(context):
    members = [Paho(context, 5) for _ in range(3)]
    for member in members:
        member.subscribe(f"$share/group/{context.topic('t')}", 1)
    plain = Paho(context)
    plain.subscribe(context.topic("t"), 1)
    publisher = Paho(context)
    for number in range(30):
        publisher.publish(context.topic("t"), str(number), 1)
    plain.received(30)
    until(lambda: sum(len(member.messages) for member in members) >= 30, "30 messages at the members")
    for member in members:
        member.unsubscribe(f"$share/group/{context.topic('t')}")
    received = sorted(int(message.text) for member in members for message in member.messages)
    expect(received, list(range(30)), "messages of all members")
    expect_true(all(len(member.messages) > 0 for member in members), "each member has some")


@check("v5 two shared groups get a copy each")
def shared_groups(context):
    members = [Paho(context, 5) for _ in range(2)]
    for name, member in zip(("one", "two"), members):
        member.subscribe(f"$share/{name}/{context.topic('+')}", 1)
    publisher = Paho(context)
    for number in range(10):
        publisher.publish(context.topic("t"), str(number), 1)
    for member in members:
        expect([int(message.text) for message in member.received(10)], list(range(10)), "messages of a group of one")


@check("v5 no local on a shared subscription is a protocol error")
def shared_no_local(context):
    raw = Raw.connected(context, version=5)
    raw.send(subscribe(1, f"$share/g/{context.topic('t')}", 0x04, 5))
    expect([(one.kind, one.reason) for one in raw.read_to_end()], [(DISCONNECT, 0x82)], "answer")


@check("v5 PUBACK says that nobody subscribes, or success")
def no_matching_subscribers(context):
    raw = Raw.connected(context, version=5)
    raw.send(publish(context.topic("t"), b"x", 1, 1, version=5))
    expect_true(raw.read(PUBACK).reason in (0x00, 0x10), "reason of the first")
    raw.subscribed(context.topic("t"), 0)
    raw.send(publish(context.topic("t"), b"x", 1, 2, version=5))
    answers = {one.kind: one for one in (raw.read(), raw.read())}
    expect(answers[PUBACK].reason, 0, "reason with a subscriber")


@check("v5 UNSUBACK codes: 0x00 and 0x11")
def unsubscribe_codes(context):
    client = Paho(context, 5)
    client.subscribe(context.topic("t"), 1)
    expect(client.unsubscribe(context.topic("t")), [0x00], "with a subscription")
    expect(client.unsubscribe(context.topic("t")), [0x11], "without one")


@check("v5 an unknown authentication method is refused with 0x8C")
def authentication_method(context):
    raw = Raw(context, 5)
    raw.send(connect(context.client_id(), 5, connect_properties=[(0x15, "UNKNOWN")]))
    answer = raw.read(CONNACK)
    expect(answer.reason, 0x8C, "CONNACK")
    expect(raw.read(), None, "what follows")


@check("v5 exceeding the broker's receive maximum ends with 0x93")
def broker_receive_maximum(context):
    raw = Raw.connected(context, version=5)
    maximum = raw.connack.properties.get(RECEIVE_MAXIMUM, 65535)
    if maximum == 65535:
        return  # nothing to exceed: every packet identifier may be in flight
    for identifier in range(1, maximum + 2):  # QoS 2 exchanges that are never released
        raw.send(publish(context.topic("t"), b"", 2, identifier, version=5))
    last = raw.read_to_end()[-1]
    expect((last.kind, last.reason), (DISCONNECT, 0x93), "last packet")
