"""From the file that somebody sends to two plain pictures: judged by what it holds, never by its name.

What comes out holds pixels only: no place, no date, no camera, no comment, no second file hidden behind the first.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

MOST_BYTES = 15_000_000
MOST_PIXELS = 50_000_000
LEAST_SIDE = 200
SMALL, LARGE = 640, 1600
_FORMATS = ("JPEG", "PNG", "WEBP")
# HEIF, as its files name themselves.
_OF_TELEPHONES = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_QUALITY = 80
# Taller than so many times its width, a picture is reduced further.
_TALLEST = 2


class BadPicture(Exception):
    """The file is no photo that we take. `code`: "format", "heic", "bytes", "pixels", "small" or "broken"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Picture:
    """A WebP file and its size in pixels."""

    webp: bytes
    width: int
    height: int


def read_picture(file: BinaryIO, size: int) -> Image.Image:
    """The photo of a JPEG, PNG or WebP file of so many bytes, upright, on white where it lets through, no larger
    than needed. Raises BadPicture."""
    if size > MOST_BYTES:
        raise BadPicture("bytes")
    try:
        image = Image.open(file, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture("pixels") from error
    except Exception as error:  # As below.
        raise BadPicture("heic" if _is_of_a_telephone(file) else "format") from error
    # The header tells the size: nothing has been unpacked yet.
    if image.width * image.height > MOST_PIXELS:
        raise BadPicture("pixels")
    if min(image.size) < LEAST_SIDE:
        raise BadPicture("small")
    try:
        # A JPEG is read at about the size that is kept: quicker, in little memory.
        image.draft("RGB", (LARGE, LARGE))
        return _plain(_reduced(image, LARGE))
    except Exception as error:  # Whatever a reader meets in a hostile file, the file is at fault.
        raise BadPicture("broken") from error


def _is_of_a_telephone(file: BinaryIO) -> bool:
    """Whether the file is one of those that telephones write to save room, and that we cannot read."""
    file.seek(0)
    head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in _OF_TELEPHONES


def two_sizes(image: Image.Image) -> tuple[Picture, Picture]:
    """The picture for cards and the picture for the page."""
    return _encoded(_reduced(image, SMALL)), _encoded(image)


def _reduced(image: Image.Image, width: int) -> Image.Image:
    """Upright and at most so wide; never enlarged."""
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((width, width * _TALLEST), Image.Resampling.LANCZOS)
    return upright


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone, in a new image that knows nothing of the file."""
    shown = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain = Image.new("RGB", shown.size, "white")
    plain.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    return plain


def _encoded(image: Image.Image) -> Picture:
    packed = BytesIO()
    image.save(packed, "WEBP", quality=_QUALITY, method=4)
    return Picture(packed.getvalue(), image.width, image.height)
