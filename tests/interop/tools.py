"""Which clients there are. A new tool with mosquitto's flags is one more CommandLine here, and every table takes it up."""

import pathlib
import shutil
import subprocess

import browser
from command_line_client import CommandLine

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORRERY_DLL = str(ROOT / "src/Orrery/bin/Release/net10.0/orrery.dll")

MOSQUITTO = CommandLine("mosquitto", ["mosquitto_pub"], ["mosquitto_sub"], formats=True)
ORRERY = CommandLine("orrery", ["dotnet", ORRERY_DLL, "pub"], ["dotnet", ORRERY_DLL, "sub"], formats=True)
COMMAND_LINES = [MOSQUITTO, ORRERY]


def missing():
    """Names of the tools that are not installed."""
    present = {
        "chromium": browser.PROGRAM,
        "mosquitto": shutil.which("mosquitto_pub") and shutil.which("mosquitto_sub") and shutil.which("stdbuf"),
        "mqttjs": shutil.which("node") and (pathlib.Path(__file__).parent / "node_modules/mqtt").is_dir(),
        "tshark": shutil.which("tshark"),
        "orrery": shutil.which("dotnet") and all(_has_help(command) for command in (ORRERY.publisher, ORRERY.subscriber)),
    }
    return {name for name, found in present.items() if not found}


def _has_help(command):
    """Whether `orrery pub --help` speaks of `orrery pub`, and not of the commands that there are instead."""
    asked = subprocess.run([*command, "--help"], capture_output=True, timeout=60, text=True)
    return asked.returncode == 0 and f"orrery {command[-1]}" in asked.stdout
