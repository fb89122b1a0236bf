"""Captures of simulated runs, read by tshark: what the history of a run has, Wireshark's dissector finds in the capture."""

import collections
import json
import pathlib
import subprocess
import tempfile

from harness import expect, expect_true, rows
from tools import ORRERY, ROOT

TYPES = ["", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK",
         "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"]
CHECKSUMS = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]


def export(folder, *arguments):
    """Runs scenarios; gives the pairs of (history, capture) that they leave in the folder."""
    ended = subprocess.run([*ORRERY.publisher[:-1], "run", *arguments, "--jsonl", f"{folder}/lines/", "--pcapng", f"{folder}/captures/"],
                           capture_output=True, text=True, timeout=300)
    expect_true(ended.returncode in (0, 1, 3), f"orrery run ended with {ended.returncode}: {ended.stderr[-500:]}")
    histories = sorted((folder / "lines").iterdir())
    return [(history, folder / "captures" / f"{history.stem}.pcapng") for history in histories]


def tshark(capture, *arguments):
    ended = subprocess.run(["tshark", "-r", str(capture), *CHECKSUMS, *arguments], capture_output=True, text=True, timeout=300)
    expect(ended.returncode, 0, f"tshark's exit code; it says {ended.stderr[-300:]}")
    return ended.stdout.splitlines()


def sent(history):
    """How many packets of each type were sent."""
    with open(history, encoding="utf-8") as lines:
        next(lines)
        events = [json.loads(line) for line in lines]
    return collections.Counter(event["packet"]["type"] for event in events if event["kind"] == "packet_sent")


def dissected(capture):
    """How many packets of each type tshark finds. What a client sends that is no packet has type 0 here, and is none."""
    found = tshark(capture, "-Y", "mqtt", "-T", "fields", "-e", "mqtt.msgtype")
    return collections.Counter(TYPES[int(number)] for line in found for number in line.split(",") if number != "0")


def compare(pairs):
    """Holds each capture against its history; gives the packets of all."""
    packets = collections.Counter()
    for history, capture in pairs:
        expected = sent(history)
        packets += expected
        expect(dissected(capture), expected, f"packets in {capture.name}")
        wrong = tshark(capture, "-Y", "_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0")
        expect(wrong, [], f"what tshark complains of in {capture.name}")
    return packets


@rows("tshark dissects every packet of {0}", [("tests/interop/captures", "all"), ("scenarios/keep-alive", "some")], needs=["orrery", "tshark"])
def captures(_context, path, kinds):
    with tempfile.TemporaryDirectory() as folder:
        packets = compare(export(pathlib.Path(folder), str(ROOT / path)))
    expect_true(packets, f"no packets in {path}")
    if kinds == "all":
        expect(sorted(set(TYPES[1:15]) - set(packets)), [], "kinds of packets that no run of these has")
