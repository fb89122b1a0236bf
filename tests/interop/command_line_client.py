"""Command-line clients with mosquitto's flags: mosquitto_pub and mosquitto_sub, and `orrery pub` and `orrery sub`."""

import signal
import subprocess
import threading

from harness import DEADLINE_SECONDS, CheckFailed, until
from message import Inbox, Message

VERSION_NAMES = {3: "mqttv31", 4: "mqttv311", 5: "mqttv5"}
MARK = "#received"


class CommandLine:
    """One family of tools. `formats` says whether its subscriber knows -F, and so reports QoS and RETAIN."""

    def __init__(self, name, publisher, subscriber, formats):
        self.name = name
        self.publisher = publisher
        self.subscriber = subscriber
        self.formats = formats

    def publish(self, context, topic, payload, qos=0, retain=False, version=4, arguments=(), stdin=None):
        """Publishes with one process and waits for its end, which is after the last acknowledgement."""
        command = [*self.publisher, "-h", context.host, "-p", str(context.port), "-V", VERSION_NAMES[version],
                   "-t", topic, "-q", str(qos), *arguments]
        if retain:
            command.append("-r")
        if payload is not None:
            command += ["-m", payload]
        ended = subprocess.run(command, input=stdin, capture_output=True, timeout=60)
        if ended.returncode != 0:
            raise CheckFailed(f"{self.name} publisher ended with {ended.returncode}: {ended.stderr.decode(errors='replace')}")

    def subscribe(self, context, *filters, qos=0, version=4, arguments=()):
        return context.keep(Subscriber(self, context, filters, qos, version, list(arguments)))


class Subscriber(Inbox):
    """A subscribing process, ready (its SUBACK has come) once it is made."""

    def __init__(self, tool, context, filters, qos, version, arguments):
        super().__init__()
        self._tool = tool
        self._subscribed = threading.Event()
        self._output = []
        command = ["stdbuf", "-oL", *tool.subscriber, "-h", context.host, "-p", str(context.port),
                   "-V", VERSION_NAMES[version], "-q", str(qos), "-d", *arguments]
        for topic_filter in filters:
            command += ["-t", topic_filter]
        command += ["-F", f"{MARK} %q %r %x %t"] if tool.formats else ["-v"]
        self._prefix = context.prefix
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: self._subscribed.is_set() or self._process.poll() is not None, f"SUBACK at {tool.name}'s subscriber")
        if not self._subscribed.is_set():
            raise CheckFailed(f"{tool.name}'s subscriber ended with {self._process.returncode}: {self._output}")

    def disconnect(self):
        """Asks the process to end, which sends DISCONNECT."""
        # Not SIGINT: a shell that starts this run in the background has it ignored, and children inherit that.
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(DEADLINE_SECONDS)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def dispose(self):
        self.kill()

    def _read(self):
        for raw in self._process.stdout:
            line = raw.rstrip(b"\n")
            if self._tool.formats and line.startswith(MARK.encode()):
                _, qos, retain, payload, topic = line.split(b" ", 4)
                self.messages.append(Message(topic.decode(), bytes.fromhex(payload.decode()), int(qos), retain == b"1"))
            elif not self._tool.formats and line.startswith(self._prefix.encode()):
                topic, payload = line.split(b" ", 1)
                self.messages.append(Message(topic.decode(), payload, -1, False))
            else:
                self._output.append(line.decode(errors="replace"))
                if b"SUBACK" in line or b"Subscribed" in line:
                    self._subscribed.set()
