"""MQTT.js, driven line by line through javascript_client.js in a node process."""

import base64
import json
import pathlib
import subprocess
import threading

from harness import CheckFailed, until
from message import Inbox, Message

DRIVER = pathlib.Path(__file__).with_name("javascript_client.js")


class MqttJs(Inbox):
    def __init__(self, context, version=4, client_id=None, clean=True, keep_alive=60, will=None, connect_properties=None):
        super().__init__()
        self.version = version
        self.session_present = None
        self._process = subprocess.Popen(["node", str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         cwd=DRIVER.parent)
        self._answers = {}
        self._next = 0
        self._errors = []
        threading.Thread(target=self._read, daemon=True).start()
        context.keep(self)
        answer = self._ask("connect", host=context.host, port=context.port, options={
            "protocolId": "MQIsdp" if version == 3 else "MQTT", "protocolVersion": version,
            "clientId": context.client_id("js") if client_id is None else client_id, "clean": clean, "keepalive": keep_alive,
            "reconnectPeriod": 0, "connectTimeout": 10_000, "will": will, "properties": connect_properties})
        self.session_present = answer["sessionPresent"]

    def subscribe(self, topic_filter, qos=0):
        granted = self._ask("subscribe", topic=topic_filter, options={"qos": qos})["granted"]
        if granted != [qos]:
            raise CheckFailed(f"SUBACK for {topic_filter} with {granted} in place of {[qos]}")

    def unsubscribe(self, topic_filter):
        self._ask("unsubscribe", topic=topic_filter)

    def publish(self, topic, payload, qos=0, retain=False, publish_properties=None):
        body = payload.encode() if isinstance(payload, str) else payload
        self._ask("publish", topic=topic, payload=base64.b64encode(body).decode(),
                  options={"qos": qos, "retain": retain, "properties": publish_properties or {}})

    def disconnect(self):
        self._ask("end")

    def kill(self):
        self._process.kill()
        self._process.wait()

    def dispose(self):
        self._process.kill()
        self._process.wait()

    def _ask(self, operation, **arguments):
        self._next += 1
        number = self._next
        self._process.stdin.write(json.dumps({"number": number, "operation": operation, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = until(lambda: self._answers.get(number), f"MQTT.js to {operation} ({self._errors})")
        if "error" in answer:
            raise CheckFailed(f"MQTT.js could not {operation}: {answer['error']}")
        return answer

    def _read(self):
        for line in self._process.stdout:
            said = json.loads(line)
            if "number" in said:
                self._answers[said["number"]] = said
            elif "topic" in said:
                self.messages.append(Message(said["topic"], base64.b64decode(said["payload"]), said["qos"], said["retain"],
                                             said["dup"], said.get("properties") or {}))
            else:
                self._errors.append(said)
