"""Drives a headless Chromium over its DevTools protocol, through a pipe: no driver, no port, no package."""

import atexit
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from harness import CheckFailed, DEADLINE_SECONDS

PROGRAM = next((found for found in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if found), None)
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars"]

# Names of keys that are not one character, with their code for the protocol.
KEYS = {"Enter": 13, "Escape": 27, "Home": 36, "End": 35, "ArrowUp": 38, "ArrowDown": 40, "PageDown": 34, "PageUp": 33}


class Browser:
    """The one browser of a run of the checks: it starts with the first page and ends with the program."""

    _one = None

    @classmethod
    def one(cls):
        if cls._one is None:
            cls._one = cls()
            atexit.register(cls._one.stop)
        return cls._one

    def __init__(self):
        self._number = 0
        self._buffer = b""
        self._profile = tempfile.mkdtemp(prefix="orrery-browser-")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # The protocol's file descriptors are 3 and 4.
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", PROGRAM, *ARGUMENTS,
             f"--user-data-dir={self._profile}", "--remote-debugging-pipe", "about:blank"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)

    def call(self, method, parameters, session=None, notice=lambda method, event: None):
        """Calls a method of the protocol and returns its result; what the session tells meanwhile goes to `notice`."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            got = self.read(method)
            if got.get("id") == number:
                break
            if "method" in got and got.get("sessionId") == session:
                notice(got["method"], got["params"])
        if "error" in got:
            raise CheckFailed(f"{method}: {got['error']['message']}")
        return got["result"]

    def read(self, what):
        """The next message of the browser."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._read], [], [], left)[0]:
                raise CheckFailed(f"waited {DEADLINE_SECONDS} s in vain for the browser: {what}")
            got = os.read(self._read, 1 << 20)
            if not got:
                raise CheckFailed(f"the browser has ended: {what}")
            self._buffer += got
        line, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(line)

    def stop(self):
        os.close(self._write)  # the browser ends when its pipe does
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait()
        os.close(self._read)
        shutil.rmtree(self._profile, ignore_errors=True)


class Page:
    """One page; whatever it complains about, and whatever it loads, is kept."""

    def __init__(self, context, url, width=1600, height=1000, dark=False, scale=1):
        self.errors = []
        self.requests = []
        self._browser = Browser.one()
        self._loaded = False
        self._session = None
        self._target = self._browser.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        context.keep(self)
        self._session = self._browser.call("Target.attachToTarget", {"targetId": self._target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)
        self.call("Page.navigate", url=url)
        while not self._loaded:
            got = self._browser.read(f"loading {url}")
            if got.get("sessionId") == self._session:
                self._notice(got["method"], got["params"])

    def call(self, method, **parameters):
        """Calls a method of the protocol for this page."""
        return self._browser.call(method, parameters, self._session, self._notice)

    def evaluate(self, expression):
        """The value of an expression of the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise CheckFailed(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def press(self, *keys):
        """Presses keys one after the other, as a person would."""
        for key in keys:
            is_text = len(key) == 1
            code = ord(key.upper()) if is_text else KEYS[key]
            text = {"text": key} if is_text else {"text": "\r"} if key == "Enter" else {}
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def wheel(self, x, y, by, control=False):
        self.call("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=by, modifiers=2 if control else 0)

    def settle(self):
        """Waits until the browser has drawn."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def picture(self):
        """What the page looks like, as a PNG."""
        self.settle()
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def dispose(self):
        self._browser.call("Target.closeTarget", {"targetId": self._target})

    def _notice(self, method, event):
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
            self.errors.append(" ".join(str(argument.get("value")) for argument in event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.errors.append(event["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
