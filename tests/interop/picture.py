"""Takes the picture of a run's page for the documentation; tests/interop/write-picture calls it."""

import contextlib
import struct
import sys
import zlib

import tools
from browser import PROGRAM
from checks_reports import page
from harness import Context

PICTURE = tools.ROOT / "docs/pictures/run.png"
CHOSEN = "watcher gets the message on status/sensor"  # what the page shows the causes of
BYTES_MAX = 200 * 1024


SHADE = bytes(value & 0xFC | value >> 6 for value in range(256))  # 64 shades a colour look the same, and pack better


def packed(png):
    """The same picture, smaller: rows as they are, which suits drawings, where the browser stores differences."""
    chunks = {}
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        chunks[kind] = chunks.get(kind, b"") + png[at + 8:at + 8 + length]
        at += 12 + length
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    if (depth, colours) != (8, 2):
        return png
    raw = zlib.decompress(chunks[b"IDAT"])
    size = width * 3
    before = bytes(size)
    rows = []
    for start in range(0, height * (size + 1), size + 1):
        before = unfiltered(raw[start], raw[start + 1:start + 1 + size], before)
        rows.append(b"\0" + before.translate(SHADE))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return png[:8] + chunk(b"IHDR", chunks[b"IHDR"]) + chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b"")


def unfiltered(kind, row, above):
    """A row of bytes from what PNG stores: differences to the pixel at the left, the row above, both, or the likeliest of them."""
    line = bytearray(row)
    for x in range(len(line)):
        left, up, corner = (line[x - 3], above[x], above[x - 3]) if x >= 3 else (0, above[x], 0)
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(guess - value))
        line[x] = (line[x] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    return bytes(line)


def main():
    if PROGRAM is None:
        sys.exit("write-picture: no Chromium on the path; tests/interop/install.sh installs it")
    with contextlib.ExitStack() as resources:
        opened = page(Context("", 0, resources), "keep-alive", width=1500, height=960)
        opened.evaluate(f"""orreryReport.choose(Array.from({{ length: orreryReport.state.count }}, (_, i) => i)
            .find(i => orreryReport.sentence(i).startsWith({CHOSEN!r})))""")
        opened.press("0")
        picture = packed(opened.picture())
        if opened.errors or len(picture) > BYTES_MAX:
            sys.exit(f"write-picture: {len(picture)} bytes, and the browser says {opened.errors}")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(picture)
    print(f"{PICTURE.relative_to(tools.ROOT)}: {len(picture)} bytes")


if __name__ == "__main__":
    main()
