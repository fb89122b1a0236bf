"""What the scripts that break the code on purpose have in common: the files that say how, a copy of the committed tree, the switches
and the build.

A file of plants holds, for each, "== " and its fields with " | " between them, the first of which is its name; then one or more
times "-- PLACE", a file or a folder, with "- old line" and "+ new line". The old lines must stand, together, exactly once in the
file or below the folder. A plant without edits shares a line with another one. "#" begins a remark.
"""
import contextlib, os, pathlib, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Loose as builds of copies are: what is planted need not be pretty.
LOOSE = ["-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false"]

SWITCH = """namespace Orrery.Mqtt;

/// <summary>Turns one planted mistake on: only in copies that scripts below tests/ make.</summary>
public static class Sabotage
{
#pragma warning disable RS0030 // The switch is the script's, and no part of what is judged.
    private static readonly string? Name = System.Environment.GetEnvironmentVariable("ORRERY_SABOTAGE");
#pragma warning restore RS0030

    /// <summary>Whether this mistake is turned on.</summary>
    public static bool Is(string name) => name == Name;
}
"""


def read(path, fields):
    """The plants of a file: a dictionary of the fields and "edits", a list of (place, old lines, new lines), for each."""
    plants = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("== "):
            values = [value.strip() for value in line[3:].split(" | ")]
            if len(values) != len(fields):
                sys.exit(f"{path.name}:{number}: {len(values)} fields, and not {len(fields)}: {', '.join(fields)}")
            plants.append(dict(zip(fields, values), edits=[]))
        elif line.startswith("-- "):
            plants[-1]["edits"].append((line[3:], [], []))
        elif line[:1] in ("-", "+") and line[1:2] in ("", " "):
            plants[-1]["edits"][-1][1 if line[0] == "-" else 2].append(line[2:].rstrip())
        elif line and not line.startswith("#"):
            sys.exit(f"{path.name}:{number}: neither a remark, a plant, a place nor a line")
    return plants


@contextlib.contextmanager
def copy(has_switches=True):
    """A copy of the committed tree, with the class that the switches are read by."""
    with tempfile.TemporaryDirectory(prefix="orrery-plants-") as folder:
        tree = pathlib.Path(folder)
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x"], cwd=tree, input=archive, check=True)
        if has_switches:
            (tree / "src/Orrery.Mqtt/Sabotage.cs").write_text(SWITCH)
        yield tree


def plant(tree, one, name):
    """Makes the edits of one plant, and returns the files as they were. `name` is what to call it when an edit does not fit."""
    before = {}
    for place, old, new in one["edits"]:
        lines = "".join(line + "\n" for line in old)
        paths = [tree / place] if (tree / place).is_file() else sorted((tree / place).rglob("*.cs"))
        found = [path for path in paths if lines in path.read_text()]
        count = sum(path.read_text().count(lines) for path in found)
        if count != 1:
            sys.exit(f"{name}: its lines stand {count} times in {place}; mend them:\n{lines}")
        text = found[0].read_text()
        before.setdefault(found[0], text)
        text = text.replace(lines, "".join(line + "\n" for line in new))
        if "Sabotage.Is(" in text and "using Orrery.Mqtt;\n" not in text and "namespace Orrery.Mqtt" not in text:
            text = "using Orrery.Mqtt;\n" + text
        found[0].write_text(text)
    return before


def dotnet(tree, *arguments, switch=""):
    environment = dict(
        os.environ, ORRERY_SABOTAGE=switch, MSBUILDDISABLENODEREUSE="1", UseSharedCompilation="false", DOTNET_CLI_USE_MSBUILD_SERVER="0",
        DOTNET_CLI_UI_LANGUAGE="en", DOTNET_NOLOGO="1")
    return subprocess.run(["dotnet", *arguments], cwd=tree, env=environment, capture_output=True, text=True, timeout=900)


def build(tree, project, *properties):
    result = dotnet(tree, "build", project, "-c", "Release", "-v", "q", *LOOSE, *properties)
    if result.returncode != 0:
        sys.exit(f"{project} does not build in the copy:\n{result.stdout[-4000:]}")
