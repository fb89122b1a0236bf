"""The page of a run in a real browser: what a person sees, chooses and types, and nothing that the page trusts too much.

The pages are those that the tests of Orrery.Simulation leave in their folder; they are run when what makes the pages is newer.
"""

import subprocess

import tools
from browser import PROGRAM, Page
from harness import check, expect, expect_true, until

TESTS = tools.ROOT / "tests/Orrery.Simulation.Tests"
FOLDER = TESTS / "bin/Release/net10.0/reports"
SOURCES = [tools.ROOT / "simulation/Orrery.Simulation/Reports", TESTS / "Reports"]
MILLISECONDS_TO_DRAW = 250  # a page of 10,000 events takes a tenth of it on an idle machine


def path_of(name):
    """The file of a page, made anew if it is older than what makes it."""
    path = FOLDER / f"{name}.html"
    newest = max(file.stat().st_mtime for folder in SOURCES for file in folder.rglob("*"))
    if not path.exists() or path.stat().st_mtime < newest:
        subprocess.run(["dotnet", "test", str(TESTS), "-c", "Release", "--nologo", "-v", "q", "--filter", "FullyQualifiedName~HtmlReportSamples"],
                       check=True, stdout=subprocess.DEVNULL)
    return path


def page(context, name, **options):
    opened = Page(context, path_of(name).as_uri(), **options)
    opened.settle()
    return opened


def state(opened):
    return opened.evaluate("orreryReport.state")


def text(opened, selector):
    return opened.evaluate(f"document.querySelector({selector!r}).innerText")


def index(opened, words):
    """The first event whose sentence holds the words."""
    return opened.evaluate(f"Array.from({{ length: orreryReport.state.count }}, (_, i) => i).find(i => orreryReport.sentence(i).includes({words!r}))")


def expect_no_complaint(opened):
    expect(opened.errors, [], "what the browser complains about")
    expect([url for url in opened.requests if not url.startswith(("file:", "data:", "blob:"))], [], "requests over the network")


def pixels(opened):
    """How many different colours the diagram has, over a grid of points."""
    return opened.evaluate("""(() => {
        const canvas = document.getElementById("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const colours = new Set();
        for (let i = 0; i < data.length; i += 4) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        return colours.size;
    })()""")


@check("a run's page shows its lanes, events and findings", needs=["chromium"])
def shows(context):
    opened = page(context, "half-open")
    expect(state(opened)["lanes"], ["sensor", "sensor->b1", "b1", "watcher->b1", "watcher"], "lanes from left to right")
    expect_true("FAIL" in text(opened, "#facts"), "the verdict is shown")
    expect_true("15.200 s, which is after 15.190 s" in text(opened, "#finding-list"), "the finding is shown")
    expect_true("watcher asks b1 for a connection" in text(opened, "#rows"), "the list says in words what happened")
    expect_true(pixels(opened) > 50, "the diagram is drawn")
    expect_no_complaint(opened)


@check("a run of a scenario: what was lost, and why the will was published", needs=["chromium"])
def scenario(context):
    opened = page(context, "keep-alive")
    expect([lane for lane in state(opened)["lanes"] if lane != "script"], ["sensor", "sensor->b1", "b1", "watcher->b1", "watcher"], "lanes")
    expect_true(index(opened, "sensor sends PINGREQ to b1, which is lost"), "the lost packet is in the list")
    opened.evaluate(f"orreryReport.choose({index(opened, 'watcher gets the message on status/sensor')})")
    causes = opened.evaluate("[...document.querySelectorAll('#causes li')].map(item => item.innerText)")
    expect_true(any("sensor sends CONNECT" in cause for cause in causes), f"the chain of causes begins with the sensor: {causes}")
    expect_no_complaint(opened)


@check("a run's page: a click on a packet shows its fields, bytes and causes", needs=["chromium"])
def click(context):
    opened = page(context, "half-open")
    acknowledgement = index(opened, "watcher sends PUBACK id 1")
    publish = index(opened, "sensor sends PUBLISH QoS 1 id 7")
    point = opened.evaluate(f"orreryReport.pointOf({acknowledgement})")
    opened.click(point["x"] - 40, point["y"] + 3)  # on the arrow, beside its sender
    expect(state(opened)["event"], acknowledgement, "the event that is chosen")
    expect_true(publish in state(opened)["chain"], "the PUBLISH that led to it is in the chain")
    details = text(opened, "#details")
    for words in ("watcher sends PUBACK id 1 to b1", "Packet identifier", "Success 0x00", "40 02 00 01", "5 ms later"):
        expect_true(words in details, f"the details hold {words!r}")
    causes = opened.evaluate("[...document.querySelectorAll('#causes li')].map(item => item.innerText)")
    expect_true("sensor sends PUBLISH" in causes[0] and "watcher sends PUBACK" in causes[-1], f"the causes run from the first to the packet: {causes}")
    opened.evaluate("document.querySelector('#causes button').click()")
    expect(state(opened)["event"], publish, "the event after a click on the first cause")
    expect_true("21.5 (4 bytes)" in text(opened, "#details"), "the payload is shown as text")
    opened.evaluate("document.querySelector('#finding-list button').click()")
    expect(state(opened)["event"], index(opened, "b1 sends DISCONNECT"), "the event after a click on the finding")
    expect_no_complaint(opened)


@check("a run's page is steered by keys alone", needs=["chromium"])
def keys(context):
    opened = page(context, "half-open")
    opened.evaluate("document.getElementById('canvas').focus()")
    opened.press("ArrowDown", "ArrowDown", "ArrowDown")
    expect(state(opened)["event"], 2, "the third event is chosen")
    opened.press("k")
    expect(state(opened)["event"], 1, "and the one before")
    expect_true("Event 2 of" in text(opened, "#say"), "it is said aloud")
    opened.press("End")
    last = state(opened)
    expect(last["event"], last["count"] - 1, "the last event")
    opened.press("c", "c")
    expect(opened.evaluate(f"orreryReport.sentence({state(opened)['event']})").split(" (")[0], "watcher reads PUBLISH QoS 1 id 2 status/sensor from b1", "the cause of the cause")
    opened.press("e")
    expect_true(state(opened)["event"] > index(opened, "watcher reads PUBLISH QoS 1 id 2"), "what it led to")
    opened.press("n")
    expect(state(opened)["event"], index(opened, "b1 sends DISCONNECT"), "the finding")
    opened.press("/", "P", "I", "N", "G")
    expect(opened.evaluate("document.activeElement.id"), "search", "the focus")
    expect(text(opened, "#search-count"), "1 found", "what the search says")
    expect(state(opened)["event"], index(opened, "sensor sends PINGREQ"), "what it met")
    opened.press("Escape")
    expect(opened.evaluate("document.activeElement.id"), "canvas", "the focus after Escape")
    opened.press("Enter")
    expect(opened.evaluate("document.activeElement.id"), "details", "the focus after Enter")
    opened.press("?")
    expect(opened.evaluate("document.getElementById('help').open"), True, "the help is open")
    opened.press("Escape")
    expect(opened.evaluate("document.getElementById('help').open"), False, "the help is open after Escape")
    expect_no_complaint(opened)


@check("a run's page zooms, pans and stretches time", needs=["chromium"])
def zoom(context):
    opened = page(context, "large")
    point = opened.evaluate("orreryReport.pointOf(300)")
    before = state(opened)
    opened.wheel(600, 500, 400)
    until(lambda: state(opened)["top"] > before["top"] + 300, "the wheel moves the diagram")
    opened.wheel(600, 500, -300, control=True)
    until(lambda: state(opened)["zoom"] > before["zoom"], "the wheel with Ctrl zooms in")
    opened.evaluate("document.getElementById('canvas').focus()")
    opened.press("0")
    whole = state(opened)
    expect_true(whole["zoom"] < before["zoom"] and whole["top"] == 0, "0 shows the whole run")
    opened.press("+", "+")
    expect_true(state(opened)["zoom"] > whole["zoom"], "+ zooms in")
    opened.press("s")
    expect(state(opened)["isQuietShortened"], False, "quiet time is shortened after s")
    scaled = [opened.evaluate(f"orreryReport.pointOf({event}).y") for event in (1000, 5000, 9000)]
    times = [float(opened.evaluate(f"(orreryReport.choose({event}), document.querySelector('#detail-body dd:nth-of-type(2)').textContent)")[:-2]) for event in (1000, 5000, 9000)]
    share = (scaled[1] - scaled[0]) / (scaled[2] - scaled[0])
    expect_true(abs(share - (times[1] - times[0]) / (times[2] - times[0])) < 0.01, "heights are in proportion to times")
    expect_true(point["y"] != scaled[0], "and were not before")
    expect_no_complaint(opened)


@check("a run's page filters 10,000 events and stays quick", needs=["chromium"])
def filters(context):
    opened = page(context, "large")
    expect((state(opened)["count"], len(state(opened)["lanes"])), (10_000, 101), "events and lanes")

    def choose(control, value):
        opened.evaluate(f"""(() => {{
            const control = document.getElementById({control!r});
            control.value = {value!r} === "" ? "" : control.tagName === "SELECT" ? [...control.options].find(option => option.text === {value!r}).value : {value!r};
            control.dispatchEvent(new Event(control.tagName === "SELECT" ? "change" : "input"));
        }})()""")
        return state(opened)

    puback = choose("by-type", "PUBACK")["shown"]
    expect_true(1000 < puback < 5000, f"packets of one type: {puback}")
    one = choose("by-lane", "dev[7]")
    expect_true(0 < one["shown"] < puback / 10, f"of one lane, too: {one['shown']}")
    expect(sorted(one["lanes"]), ["b1", "dev[7]", "dev[7]->b1"], "lanes that are left")
    choose("by-type", "")
    expect_true(0 < choose("by-connection", "dev[7]#1")["shown"] < 1000, "of one connection")
    opened.evaluate("document.getElementById('reset').click()")
    expect(state(opened)["shown"], 10_000, "events after Clear")
    some = choose("by-topic", "site/+/temperature")["shown"]
    fewer = choose("by-topic", "site/1/#")["shown"]
    expect_true(0 < fewer < some < 10_000, f"by topic filter: {some}, {fewer}")
    choose("by-topic", "")
    expect(choose("by-text", "number 17)")["shown"], 1, "events that hold a text")
    opened.evaluate("document.getElementById('reset').click()")
    slowest = opened.evaluate("Math.min(...Array.from({ length: 5 }, () => orreryReport.timeToDraw()))")
    expect_true(slowest < MILLISECONDS_TO_DRAW, f"drawing takes {slowest} ms")
    rows = opened.evaluate("document.querySelectorAll('.row').length")
    expect_true(0 < rows < 100, f"only rows that can be seen are made: {rows}")
    expect_no_complaint(opened)


@check("a run's page trusts nothing that the run says", needs=["chromium"])
def hostile(context):
    opened = page(context, "hostile")
    for event in range(state(opened)["count"]):
        opened.evaluate(f"orreryReport.choose({event})")
    expect(opened.evaluate("window.broken"), None, "what a text of the run could set")
    expect(opened.evaluate("document.images.length + document.scripts.length"), 2, "elements that a text of the run could add to")
    expect_true("</script><script>window.broken=1" in text(opened, "#name"), "such a text is shown as it is")
    expect_no_complaint(opened)


@check("a run's page is light or dark, and prints", needs=["chromium"])
def dark_and_print(context):
    light = page(context, "half-open")
    dark = page(context, "half-open", dark=True)
    background = "getComputedStyle(document.body).backgroundColor"
    expect((light.evaluate(background), dark.evaluate(background)), ("rgb(255, 255, 255)", "rgb(14, 19, 24)"), "backgrounds")
    dark.press("t")
    expect(dark.evaluate(background), "rgb(255, 255, 255)", "the background after t")
    light.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(light.evaluate("[document.querySelectorAll('#print img').length > 0, document.querySelectorAll('#print tbody tr').length]"),
           [True, state(light)["shown"]], "pictures and rows for the printer")
    expect_true(len(light.call("Page.printToPDF")["data"]) > 20_000, "it prints")
    expect_no_complaint(light)
    expect_no_complaint(dark)
