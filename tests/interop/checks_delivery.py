"""Payloads, order, fan-out, and clients at the same time."""

import hashlib
import threading

from harness import check, expect, rows
from javascript_client import MqttJs
from paho_client import Paho
from tools import COMMAND_LINES, MOSQUITTO

TEN_MEGABYTES = 10 * 1024 * 1024


@rows("a 10 MB payload at QoS {0}, paho to paho", [(0,), (1,), (2,)])
def large_payload(context, qos):
    payload = hashlib.shake_256(context.prefix.encode()).digest(TEN_MEGABYTES)
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("big"), qos)
    Paho(context, version=5).publish(context.topic("big"), payload, qos)
    expect(hashlib.sha256(subscriber.received(1)[0].payload).hexdigest(), hashlib.sha256(payload).hexdigest(), "SHA-256")


@check("a 10 MB payload from a file at QoS 1, mosquitto to MQTT.js", needs=["mosquitto", "mqttjs"])
def large_file(context):
    payload = hashlib.shake_256(b"file").digest(TEN_MEGABYTES)
    subscriber = MqttJs(context)
    subscriber.subscribe(context.topic("big"), 1)
    MOSQUITTO.publish(context, context.topic("big"), None, 1, arguments=["-s"], stdin=payload)
    expect(hashlib.sha256(subscriber.received(1)[0].payload).hexdigest(), hashlib.sha256(payload).hexdigest(), "SHA-256")


@check("an empty payload, and every byte value")
def odd_payloads(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 1)
    publisher = Paho(context)
    publisher.publish(context.topic("t"), b"", 1)
    publisher.publish(context.topic("t"), bytes(range(256)), 1)
    expect([message.payload for message in subscriber.received(2)], [b"", bytes(range(256))], "payloads")


@rows("{1} messages in order at QoS {0}", [(0, 5000), (1, 5000), (2, 2000)])
def order(context, qos, count):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("#"), qos)
    publisher = Paho(context, version=5)
    identifiers = [publisher.publish(context.topic(f"{number % 3}"), str(number), qos, wait=False) for number in range(count)]
    for identifier in identifiers:
        publisher.flushed(identifier)
    expect([int(message.text) for message in subscriber.received(count)], list(range(count)), "order")


for tool in COMMAND_LINES:

    @check(f"1,000 lines of one {tool.name} pub in order at QoS 1", needs=[tool.name])
    def lines(context, tool=tool):
        subscriber = tool.subscribe(context, context.topic("t"), qos=1)
        text = "".join(f"{number}\n" for number in range(1000)).encode()
        tool.publish(context, context.topic("t"), None, 1, arguments=["-l"], stdin=text)
        expect([int(message.text) for message in subscriber.received(1000)], list(range(1000)), "order")


@check("one message to 50 subscribers of three versions")
def fan_out(context):
    subscribers = [Paho(context, version=3 + number % 3) for number in range(50)]
    for number, subscriber in enumerate(subscribers):
        subscriber.subscribe(context.topic("+"), number % 3)
    Paho(context).publish(context.topic("t"), "to all", 2)
    for number, subscriber in enumerate(subscribers):
        received = subscriber.received(1)[0]
        expect((received.text, received.qos), ("to all", number % 3), f"subscriber {number}")


@check("20 publishers at the same time lose nothing and keep each one's order")
def fan_in(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("#"), 1)
    publishers = [Paho(context) for _ in range(20)]

    def send(number):
        for sequence in range(100):
            publishers[number].publish(context.topic(str(number)), str(sequence), 1, wait=False)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    received = subscriber.received(2000)
    for number in range(20):
        expect([int(message.text) for message in received if message.topic == context.topic(str(number))], list(range(100)),
               f"publisher {number}")


@check("a client receives its own messages")
def own_messages(context):
    client = Paho(context)
    client.subscribe(context.topic("t"), 2)
    client.publish(context.topic("t"), "to me", 2)
    expect(client.received(1)[0].text, "to me", "the message")
