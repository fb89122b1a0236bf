"""QoS 0, 1 and 2, published and subscribed, between every pair of client families."""

from harness import expect, check, rows
from javascript_client import MqttJs
from paho_client import Paho
from raw_client import PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, Raw, acknowledge, publish
from tools import COMMAND_LINES, MOSQUITTO

MATRIX = [(published, subscribed) for published in range(3) for subscribed in range(3)]


@rows("QoS {0} published and {1} subscribed, mosquitto", MATRIX, needs=["mosquitto"])
def matrix_of_mosquitto(context, published, subscribed):
    subscriber = MOSQUITTO.subscribe(context, context.topic("t"), qos=subscribed)
    MOSQUITTO.publish(context, context.topic("t"), "payload", qos=published)
    received = subscriber.received(1)[0]
    expect((received.topic, received.payload, received.qos), (context.topic("t"), b"payload", min(published, subscribed)),
           "the message")


PAIRS = [("paho 3.1.1", 4, "paho 5", 5), ("paho 5", 5, "paho 3.1.1", 4), ("paho 3.1", 3, "paho 5", 5)]


@rows("QoS matrix, {0} to {2}", PAIRS)
def matrix_of_paho(context, _publisher, published_version, _subscriber, subscribed_version):
    exercise_matrix(context, Paho(context, published_version), Paho(context, subscribed_version))


@rows("QoS matrix, {0} to {2}", [("paho 5", 5, "MQTT.js 3.1.1", 4), ("paho 3.1.1", 4, "MQTT.js 5", 5)], needs=["mqttjs"])
def matrix_to_javascript(context, _publisher, published_version, _subscriber, subscribed_version):
    exercise_matrix(context, Paho(context, published_version), MqttJs(context, subscribed_version))


@rows("QoS matrix, {0} to {2}", [("MQTT.js 5", 5, "paho 5", 5), ("MQTT.js 3.1", 3, "paho 3.1.1", 4)], needs=["mqttjs"])
def matrix_from_javascript(context, _publisher, published_version, _subscriber, subscribed_version):
    exercise_matrix(context, MqttJs(context, published_version), Paho(context, subscribed_version))


def exercise_matrix(context, publisher, subscriber):
    for subscribed in range(3):
        subscriber.subscribe(context.topic(f"{subscribed}/#"), subscribed)
    for published, subscribed in MATRIX:
        publisher.publish(context.topic(f"{subscribed}/{published}"), f"{published}{subscribed}", published)
    received = {message.topic: (message.text, message.qos) for message in subscriber.received(len(MATRIX))}
    for published, subscribed in MATRIX:
        expect(received.get(context.topic(f"{subscribed}/{published}")), (f"{published}{subscribed}", min(published, subscribed)),
               f"published at {published}, subscribed at {subscribed}")


for publisher_tool in COMMAND_LINES:
    for subscriber_tool in COMMAND_LINES:
        if publisher_tool is subscriber_tool is MOSQUITTO:
            continue  # the first table above

        @rows(f"QoS {{0}} from {publisher_tool.name} pub to {subscriber_tool.name} sub", [(0,), (1,), (2,)],
              needs=sorted({publisher_tool.name, subscriber_tool.name}))
        def command_lines(context, qos, publisher_tool=publisher_tool, subscriber_tool=subscriber_tool):
            subscriber = subscriber_tool.subscribe(context, context.topic("#"), qos=qos)
            publisher_tool.publish(context, context.topic("a/b"), "a payload of words", qos=qos)
            received = subscriber.received(1)[0]
            expect((received.topic, received.payload), (context.topic("a/b"), b"a payload of words"), "the message")


@check("the QoS 2 exchange of a publisher, packet by packet")
def publisher_exchange(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 2)
    raw = Raw.connected(context)
    raw.send(publish(context.topic("t"), b"once", 2, 7))
    expect(raw.read(PUBREC).identifier, 7, "PUBREC")
    raw.send(publish(context.topic("t"), b"once", 2, 7, duplicate=True))
    expect(raw.read(PUBREC).identifier, 7, "PUBREC of the repeat")
    raw.send(publish(context.topic("t"), b"once", 2, 7, duplicate=True))
    expect(raw.read(PUBREC).identifier, 7, "PUBREC of the second repeat")
    raw.send(acknowledge(PUBREL, 7))
    expect(raw.read(PUBCOMP).identifier, 7, "PUBCOMP")
    raw.send(publish(context.topic("t"), b"twice", 2, 7))
    raw.read(PUBREC)
    raw.send(acknowledge(PUBREL, 7))
    raw.read(PUBCOMP)
    expect([message.text for message in subscriber.received(2)], ["once", "twice"], "deliveries")


@check("the QoS 1 and 2 exchanges of a subscriber, packet by packet")
def subscriber_exchange(context):
    raw = Raw.connected(context)
    raw.subscribed(context.topic("t"), 2)
    publisher = Paho(context)
    publisher.publish(context.topic("t"), "1", 1)
    publisher.publish(context.topic("t"), "2", 2)
    first, second = raw.read(PUBLISH), raw.read(PUBLISH)
    expect([(one.qos, one.payload, one.duplicate) for one in (first, second)], [(1, b"1", False), (2, b"2", False)], "PUBLISH")
    raw.send(acknowledge(PUBACK, first.identifier) + acknowledge(PUBREC, second.identifier))
    expect(raw.read(PUBREL).identifier, second.identifier, "PUBREL")
    raw.send(acknowledge(PUBCOMP, second.identifier))
    expect(raw.ping(), [], "packets after the exchanges")
