"""`orrery pub`, `sub` and `rr` beside mosquitto's tools: the same arguments do and print the same."""

import re
import subprocess

from command_line_client import VERSION_NAMES
from harness import check, expect, rows, until
from paho_client import Paho
from tools import MOSQUITTO, ORRERY

BOTH = ["mosquitto", "orrery"]
NAMES = {"mosquitto": MOSQUITTO, "orrery": ORRERY}
VERSIONS = [("3.1", 3), ("3.1.1", 4), ("5", 5)]
DIRECTIONS = [("orrery", "mosquitto"), ("mosquitto", "orrery"), ("orrery", "orrery")]


def run(context, command, *arguments, stdin=None):
    """Runs a tool to its end: exit code and output."""
    ended = subprocess.run([*command, "-h", context.host, "-p", str(context.port), *arguments],
                           input=stdin, capture_output=True, timeout=60)
    return ended.returncode, ended.stdout


@rows("v{0}, {2} pub to {3} sub at QoS 2, retained",
      [(name, version, *direction) for name, version in VERSIONS for direction in DIRECTIONS], needs=BOTH)
def versions(context, _name, version, publisher, subscriber):
    NAMES[publisher].publish(context, context.topic("größe"), "21.5 °C", 2, True, version)
    received = NAMES[subscriber].subscribe(context, context.topic("#"), qos=2, version=version).received(1)[0]
    expect((received.topic, received.text, received.qos, received.retain), (context.topic("größe"), "21.5 °C", 2, True), "the message")


FORMATS = ["%t %p", "%q%r%l%m", "%x|%X", "%C|%D|%F|%R|%P|%S|%A", "%60t|%-60t|%.5t|%03m|%08l|%-8l|", r"a\tb\\%%@@", "@Y @F %S"]


@rows("orrery sub and mosquitto_sub print the same with -F {0}", [(text,) for text in FORMATS], needs=BOTH)
def formats(context, text):
    properties = []
    for item in (["content-type", "text/plain"], ["correlation-data", "17"], ["response-topic", "r/t"], ["payload-format-indicator", "1"],
                 ["user-property", "k", "v w"]):
        properties += ["-D", "publish", *item]
    ORRERY.publish(context, context.topic("t"), 'é"\\', 1, True, 5, properties)
    arguments = ["-t", context.topic("t"), "-V", "5", "-q", "1", "-C", "1", "-D", "subscribe", "subscription-identifier", "7", "-F", text]
    expect(run(context, ORRERY.subscriber, *arguments), run(context, MOSQUITTO.subscriber, *arguments), "exit code and output")


@rows("orrery sub and mosquitto_sub print the same JSON of a v{0} message", [("3.1.1", 4), ("5", 5)], needs=BOTH)
def json(context, _name, version):
    ORRERY.publish(context, context.topic("t"), '{"a":[1,{"b":"c"}]}', 1, True, version)
    for text in ("%j", "%J"):
        arguments = ["-t", context.topic("t"), "-V", VERSION_NAMES[version], "-C", "1", "--pretty", "-F", text]
        outputs = []
        for tool in (ORRERY, MOSQUITTO):
            exit_code, output = run(context, tool.subscriber, *arguments)
            outputs.append((exit_code, re.sub(rb'"tst":\s*"[^"]*"', b"", output)))
        expect(outputs[0], outputs[1], text)


EXITS = [
    ("nothing arrives in time", ["-t", "{}/none", "-W", "1"], 27),
    ("only to subscribe", ["-t", "{}/none", "-E"], 0),
    ("a wrong filter", ["-t", "{}/#/x"], 1),
    ("a wrong format", ["-t", "{}", "-F", "%z"], 1),
    ("no topic", [], 1),
]


@rows("sub exits as mosquitto_sub does: {0}", EXITS, needs=BOTH)
def exits(context, _name, arguments, expected):
    arguments = [argument.format(context.prefix) for argument in arguments]
    expect([run(context, tool.subscriber, *arguments)[0] for tool in (MOSQUITTO, ORRERY)], [expected, expected], "exit codes")


@rows("{0} pub -l sends every line, empty ones too", [("mosquitto",), ("orrery",)], needs=BOTH)
def empty_lines(context, name):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 1)
    expect(run(context, NAMES[name].publisher, "-t", context.topic("t"), "-q", "1", "-l", stdin=b"one\n\nthree")[0], 0, "exit code")
    expect([message.text for message in subscriber.received(3)], ["one", "", "three"], "messages")


@rows("{0} pub --repeat", [("mosquitto",), ("orrery",)], needs=BOTH)
def repeat(context, name):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 1)
    NAMES[name].publish(context, context.topic("t"), "x", 1, arguments=["--repeat", "3", "--repeat-delay", "0.01"])
    expect([message.text for message in subscriber.received(3)], ["x"] * 3, "messages")


# The first removal comes back as a message that is not retained, which ends it, as mosquitto's manual says. mosquitto_sub
# 2.0.11 itself stays until its time is over.
@rows("{0} sub --remove-retained --retained-only", [("mosquitto", 27), ("orrery", 0)], needs=BOTH)
def remove_retained(context, name, exit_code):
    publisher = Paho(context)
    for topic in ("a", "b", "keep"):
        publisher.publish(context.topic(topic), topic, 1, True)
    arguments = ["-t", context.topic("#"), "-T", context.topic("keep"), "--remove-retained", "--retained-only", "-W", "2"]
    expect(run(context, NAMES[name].subscriber, *arguments), (exit_code, b"a\nb\n"), "exit code and output")
    left = Paho(context)
    left.subscribe(context.topic("#"), 1)
    publisher.publish(context.topic("end"), "end", 1)
    until(lambda: any(message.text == "end" for message in left.messages), "the last message")
    expect([message.text for message in left.messages], ["keep", "end"], "what is left")


@check("orrery sub -c resumes its session, and gets what was missed", needs=["orrery"])
def session(context):
    arguments = ["-t", context.topic("t"), "-c", "-i", context.client_id(), "-q", "1"]
    expect(run(context, ORRERY.subscriber, *arguments, "-E"), (0, b""), "subscribing")
    ORRERY.publish(context, context.topic("t"), "missed", 1)
    expect(run(context, ORRERY.subscriber, *arguments, "-C", "1", "-W", "10"), (0, b"missed\n"), "coming back")


@check("the will of an orrery sub that is killed", needs=["orrery"])
def will(context):
    watcher = Paho(context, 5)
    watcher.subscribe(context.topic("gone"), 1)
    subscriber = ORRERY.subscribe(context, context.topic("t"), version=5, arguments=[
        "--will-topic", context.topic("gone"), "--will-payload", "bye", "--will-qos", "1", "-D", "will", "user-property", "k", "v"])
    subscriber.kill()
    received = watcher.received(1)[0]
    expect((received.text, received.qos, received.properties.get("UserProperty")), ("bye", 1, [("k", "v")]), "the will")


@rows("{0} rr asks over v{1}", [(tool, name, version) for tool in ("mosquitto", "orrery") for name, version in VERSIONS[1:]], needs=BOTH)
def request_response(context, tool, _name, version):
    responder = Paho(context, 5)
    responder.subscribe(context.topic("ask"), 1)
    command = [*NAMES[tool].publisher[:-1], "rr"] if tool == "orrery" else ["mosquitto_rr"]
    asking = subprocess.Popen([*command, "-h", context.host, "-p", str(context.port), "-V", VERSION_NAMES[version], "-t", context.topic("ask"),
                               "-e", context.topic("answer"), "-m", "6*7", "-q", "1", "-W", "15", "-v"], stdout=subprocess.PIPE)
    request = responder.received(1)[0]
    expect((request.text, request.properties.get("ResponseTopic")), ("6*7", context.topic("answer") if version == 5 else None), "the request")
    responder.publish(context.topic("answer"), "42", 1)
    output, _ = asking.communicate(timeout=30)
    expect((asking.returncode, output.decode()), (0, f"{context.topic('answer')} 42\n"), "exit code and output")
