"""Starts the broker, runs every check, stops the broker by its process id, and prints the totals."""

import argparse
import re
import shutil
import subprocess
import sys
import threading

import harness
import tools

# Importing a file of checks registers what is in it. A new file is one more line.
import checks_captures  # noqa: F401
import checks_delivery  # noqa: F401
import checks_matching  # noqa: F401
import checks_qos  # noqa: F401
import checks_raw  # noqa: F401
import checks_reports  # noqa: F401
import checks_retained  # noqa: F401
import checks_sessions  # noqa: F401
import checks_tools  # noqa: F401
import checks_v5  # noqa: F401
import checks_wills  # noqa: F401

START_SECONDS = 60


class Broker:
    """An `orrery serve` on a free loopback port."""

    def __init__(self, build, verbose):
        if build:
            subprocess.run(["dotnet", "build", str(tools.ROOT / "src/Orrery"), "-c", "Release", "-v", "q", "--nologo"], check=True)
        self._process = subprocess.Popen(
            ["dotnet", tools.ORRERY_DLL, "serve", "--port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self._port = None
        self._listening = threading.Event()
        self._verbose = verbose
        self._tail = []
        threading.Thread(target=self._read, daemon=True).start()
        if not self._listening.wait(START_SECONDS) or self._port is None:
            self.stop()
            sys.exit("orrery serve printed no line with 127.0.0.1:PORT:\n" + "".join(self._tail))

    @property
    def address(self):
        return "127.0.0.1", self._port

    @property
    def pid(self):
        return self._process.pid

    def alive(self):
        return self._process.poll() is None

    def stop(self):
        """Asks the broker to stop, as a service manager would; returns its exit code."""
        if self.alive():
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        return self._process.returncode

    def tail(self):
        return "".join(self._tail[-40:])

    def _read(self):
        for line in self._process.stdout:
            self._tail.append(line)
            del self._tail[:-400]
            if self._verbose:
                print(f"      | {line.rstrip()}", flush=True)
            found = re.search(r"127\.0\.0\.1:(\d+)", line)
            if found and self._port is None:
                self._port = int(found.group(1))
                self._listening.set()
        self._listening.set()


def main():
    parser = argparse.ArgumentParser(prog="tests/interop/run", description="Runs real MQTT clients against a broker.")
    parser.add_argument("--target", metavar="HOST:PORT", help="use the broker that listens there, in place of starting orrery")
    parser.add_argument("--only", metavar="REGEX", help="run only the checks whose name matches")
    parser.add_argument("--no-build", action="store_true", help="start the orrery that was built last")
    parser.add_argument("--verbose", action="store_true", help="show what the broker prints")
    options = parser.parse_args()

    broker = None
    if options.target:
        host, port = options.target.rsplit(":", 1)
        address = host, int(port)
    else:
        if shutil.which("dotnet") is None:
            sys.exit("dotnet is not on the path")
        broker = Broker(build=not options.no_build, verbose=options.verbose)
        address = broker.address

    missing = tools.missing()
    for tool in sorted(missing):
        print(f"MISSING {tool}: its checks are skipped", flush=True)
    exit_code = None
    try:
        passed, failed, skipped = harness.run_checks(*address, missing, options.only, lambda: broker is None or broker.alive())
    finally:
        if broker:
            exit_code = broker.stop()
    if broker and exit_code != 0:
        failed += 1
        print(f"FAIL  the broker stops cleanly when asked to: exit code {exit_code}\n{broker.tail()}")
    elif broker:
        passed += 1
        print("ok    the broker stops cleanly when asked to")
    if skipped:
        print(f"{skipped} checks were SKIPPED because a tool is missing")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
