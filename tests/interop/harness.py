"""What every check is written with: registration, expectations, the context of one check, and the loop that runs them."""

import contextlib
import itertools
import os
import re
import time
import traceback

DEADLINE_SECONDS = 15  # far above what any step takes, so that only a real failure meets it

_checks = []


class CheckFailed(Exception):
    """An expectation that did not hold; its text is what a person reads first."""


class Skipped(Exception):
    """The check could not run, because a tool is missing."""


def check(name, needs=()):
    """Registers a function as one check. `needs` names tools from tools.py that must be installed."""

    def register(function):
        _checks.append((name, tuple(needs), function))
        return function

    return register


def rows(template, table, needs=()):
    """Registers one check per row: the function is called with the context and the row's values."""

    def register(function):
        for row in table:
            _checks.append((template.format(*row), tuple(needs), lambda context, row=row: function(context, *row)))
        return function

    return register


def expect(actual, expected, what):
    if actual != expected:
        if isinstance(actual, list) and isinstance(expected, list) and len(actual) == len(expected) > 10:
            first = next(index for index in range(len(actual)) if actual[index] != expected[index])
            what, actual, expected = f"{what}, from index {first}", actual[first:first + 10], expected[first:first + 10]
        raise CheckFailed(f"{what}: expected {_short(expected)}, got {_short(actual)}")


def expect_true(condition, what):
    if not condition:
        raise CheckFailed(what)


def until(condition, what, seconds=DEADLINE_SECONDS):
    """Waits until the condition holds and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise CheckFailed(f"waited {seconds} s in vain: {what}")
        time.sleep(0.005)


def _short(value):
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"


class Context:
    """One check's world: where the broker is, names that no other check uses, and what to close at the end."""

    _numbers = itertools.count(1)

    def __init__(self, host, port, resources):
        self.host = host
        self.port = port
        self._resources = resources
        # The process id keeps two runs against one long-lived broker apart.
        self.prefix = f"i{os.getpid()}-{next(Context._numbers)}"
        self._ids = itertools.count(1)

    def topic(self, rest):
        return f"{self.prefix}/{rest}"

    def client_id(self, role="c"):
        return f"{self.prefix}-{role}{next(self._ids)}"

    def keep(self, resource):
        """Closes the resource when the check ends, however it ends."""
        self._resources.callback(resource.dispose)
        return resource


def run_checks(host, port, missing, only, broker_alive):
    """Runs every registered check whose name matches; returns (passed, failed, skipped)."""
    passed = failed = skipped = 0
    for name, needs, function in _checks:
        if only and not re.search(only, name):
            continue
        started = time.monotonic()
        try:
            absent = [tool for tool in needs if tool in missing]
            if absent:
                raise Skipped(f"{', '.join(absent)} not installed")
            with contextlib.ExitStack() as resources:
                function(Context(host, port, resources))
            if not broker_alive():
                raise CheckFailed("the broker process has ended")
            passed += 1
            print(f"ok    {name} ({time.monotonic() - started:.2f} s)", flush=True)
        except Skipped as reason:
            skipped += 1
            print(f"SKIP  {name}: {reason}", flush=True)
        except CheckFailed as failure:
            failed += 1
            print(f"FAIL  {name}: {failure}", flush=True)
        except Exception:  # a defect of a check, or a client library's complaint: counted, shown, and the run goes on
            failed += 1
            print(f"FAIL  {name}:\n{traceback.format_exc()}", flush=True)
    return passed, failed, skipped
