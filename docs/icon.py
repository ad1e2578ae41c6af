"""Draw icon.png: a prompt and the hands of a clock, since it waits for what is typed there.

`.venv/bin/python docs/icon.py`; nothing else is needed, and the picture is the project's own.
"""

import math
import struct
import zlib
from itertools import pairwise
from pathlib import Path

ICON = Path(__file__).parent.parent / "icon.png"
SIDE = 512
PAPER, INK, ACCENT = (0x14, 0x20, 0x2E), (0xF2, 0xF5, 0xF7), (0x3F, 0xC1, 0x8A)

Point = tuple[float, float]
Colour = tuple[int, int, int]

# Each stroke from point to point, in parts of the side, with half its width.
PROMPT: list[Point] = [(0.15, 0.32), (0.33, 0.50), (0.15, 0.68)]
HANDS: list[Point] = [(0.66, 0.38), (0.66, 0.51), (0.74, 0.56)]
FACE, RADIUS = (0.66, 0.50), 0.20
HALF_WIDTH = 0.03
CORNER = 0.2


def main() -> None:
    """Write the picture."""
    rows = (b"\0" + b"".join(_pixel(x, y) for x in range(SIDE)) for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0)
    pieces = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    ICON.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*piece) for piece in pieces))


def _chunk(kind: bytes, content: bytes) -> bytes:
    sum_ = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", sum_)


def _pixel(x: int, y: int) -> bytes:
    at = ((x + 0.5) / SIDE, (y + 0.5) / SIDE)
    ink = _cover(_from_strokes(at, PROMPT) - HALF_WIDTH)
    ring = _cover(abs(math.dist(at, FACE) - RADIUS) - HALF_WIDTH)
    accent = max(ring, _cover(_from_strokes(at, HANDS) - HALF_WIDTH))
    colour = _mixed(_mixed(PAPER, INK, ink), ACCENT, accent)
    return bytes((*colour, round(255 * _cover(_from_square(at)))))


def _cover(distance: float) -> float:
    """How much of a pixel lies inside, from its distance to the edge."""
    return min(1.0, max(0.0, 0.5 - distance * SIDE))


def _mixed(below: Colour, above: Colour, cover: float) -> Colour:
    red, green, blue = (round(b + (a - b) * cover) for b, a in zip(below, above, strict=True))
    return red, green, blue


def _from_strokes(at: Point, points: list[Point]) -> float:
    return min(_from_line(at, *ends) for ends in pairwise(points))


def _from_line(at: Point, begin: Point, end: Point) -> float:
    along = (end[0] - begin[0], end[1] - begin[1])
    share = ((at[0] - begin[0]) * along[0] + (at[1] - begin[1]) * along[1]) / (
        along[0] ** 2 + along[1] ** 2
    )
    share = min(1.0, max(0.0, share))
    return math.dist(at, (begin[0] + share * along[0], begin[1] + share * along[1]))


def _from_square(at: Point) -> float:
    """From the edge of a square with round corners."""
    x, y = (max(0.0, abs(part - 0.5) - (0.5 - CORNER)) for part in at)
    return math.hypot(x, y) - CORNER


if __name__ == "__main__":
    main()
