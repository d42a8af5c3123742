"""Pictures as people and attackers send them, made on the spot."""

import random
import struct
import zlib
from io import BytesIO

from PIL import Image


def picture(kind="JPEG", size=(800, 600), colour="teal", **options):
    """The bytes of a picture of one colour."""
    packed = BytesIO()
    Image.new(options.pop("mode", "RGB"), size, colour).save(packed, kind, **options)
    return packed.getvalue()


def telephone_picture():
    """A JPEG held upright by its orientation only, 900 wide and 600 high as stored, red on its left; with GPS."""
    image = Image.new("RGB", (900, 600), "white")
    image.paste("red", (0, 0, 300, 600))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telephone de Bob"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 23.0, 25.0), 3: "W", 4: (4.0, 29.0, 10.0)})
    packed = BytesIO()
    image.save(packed, "JPEG", exif=exif, comment=b"chez Bob")
    return packed.getvalue()


def bomb(width=30_000, height=30_000):
    """A PNG of some kilobytes that unpacks to gigabytes."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


SVG = b"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="800" height="600">
<script>alert(document.cookie)</script></svg>"""
PAGE = b"<!doctype html><script>alert(1)</script>"
SCRIPT = b"<script>alert(1)</script>"


def polyglot():
    """A good JPEG with a page behind it: what browsers would guess from its bytes is not what it says."""
    return picture(comment=SCRIPT) + PAGE


def scribbled(seed):
    """A JPEG some of whose bytes were changed."""
    draw = random.Random(seed)
    content = bytearray(picture(size=(300, 300)))
    for _each in range(20):
        content[draw.randrange(2, len(content))] = draw.randrange(256)
    return bytes(content)
