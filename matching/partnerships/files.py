"""What may go with a message: read by its content, made harmless, or refused with a sentence.

A name and a declared type prove nothing. Pictures are drawn anew, which drops where and when they were taken; what can
run by itself (macros, scripts in a PDF, pages of the web) is refused; an operator's own scanner has the last word.
"""

import io
import json
import logging
import re
import subprocess
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

logger = logging.getLogger(__name__)

LONGEST_NAME = 100
# Larger than any telephone's picture; what claims more is a bomb.
_MOST_PIXELS = 60_000_000
_LONGEST_EDGE = 3000
_SCAN_SECONDS = 30
_INFECTED = 1

_PICTURES = {"JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png"), "WEBP": ("webp", "image/webp")}
_OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_OFFICE = {
    "word/document.xml": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/workbook.xml": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/presentation.xml": ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
# Where office documents keep what runs or calls elsewhere when they open.
_RUNS = re.compile(r"(?i)vbaproject|vbadata|(?:^|/)activex/|(?:^|/)embeddings/|^basic/|^scripts/|\.(?:bin|exe|js|vbs)$")
_TEXTS = {"csv": "text/csv", "json": "application/json", "geojson": "application/geo+json", "md": "text/markdown"}
# Names of PDF that start something: # followed by two figures may stand for any of their letters.
_PDF_RUNS = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)\b")
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_PACKED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_MOST_UNPACKED = 20_000_000


def weight(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1_000_000:
        return _("%(size)s ko") % {"size": number_format(max(size / 1000, 0.1), 1 if size < 10_000 else 0)}
    return _("%(size)s Mo") % {"size": number_format(size / 1_000_000, 0 if size % 1_000_000 == 0 else 1)}


class Refused(ValueError):
    """The file cannot go with a message; the text says why, and what would do."""


@dataclass(frozen=True)
class CleanFile:
    """A file as it will be stored and given."""

    name: str
    content_type: str
    content: bytes


def clean_files(files: Sequence[tuple[str, bytes]]) -> list[CleanFile]:
    """The files as they may be sent, (name, content) each. Raises Refused for the first that may not."""
    if len(files) > settings.ATTACHMENTS_MOST:
        raise Refused(
            _("%(most)s fichiers au plus par message. Envoyez les autres dans un second message.")
            % {"most": settings.ATTACHMENTS_MOST}
        )
    if sum(len(content) for _name, content in files) > settings.ATTACHMENTS_LARGEST_TOTAL:
        raise Refused(
            _("Ensemble, ces fichiers sont trop lourds : %(most)s au plus par message.")
            % {"most": weight(settings.ATTACHMENTS_LARGEST_TOTAL)}
        )
    return [clean_file(name, content) for name, content in files]


def check_size(name: str, size: int) -> None:
    """Raises Refused for a file that nobody need read: too heavy, or empty."""
    shown = {"name": _visible(name)[:LONGEST_NAME], "most": weight(settings.ATTACHMENT_LARGEST)}
    if size > settings.ATTACHMENT_LARGEST:
        raise Refused(
            _("« %(name)s » est trop lourd : %(most)s au plus par fichier. Réduisez-le, ou partagez un lien.") % shown
        )
    if not size:
        raise Refused(_("« %(name)s » est vide. Choisissez-le de nouveau.") % shown)


def clean_file(name: str, content: bytes) -> CleanFile:
    """The file, harmless and under a safe name. Raises Refused."""
    check_size(name, len(content))
    shown = {"name": _visible(name)[:LONGEST_NAME]}
    read = _picture(content, shown) or _pdf(content, shown) or _office(content, shown) or _text(name, content, shown)
    if read is None:
        raise Refused(
            _(
                "« %(name)s » n’est pas d’un type accepté. Envoyez un PDF, une image (JPEG, PNG, WebP), un document "
                "bureautique sans macros ou un texte."
            )
            % shown
        )
    ending, content_type, harmless = read
    _scan(harmless, shown)
    return CleanFile(safe_name(name, ending), content_type, harmless)


def safe_name(name: str, ending: str) -> str:
    """A name for every system: no folder, nothing invisible or turned around, the ending of what it really is."""
    last = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r"\.\w{1,8}$", "", _visible(last).strip())
    stem = re.sub(r'[<>:"|?*%]', "_", stem).strip(". ")[: LONGEST_NAME - len(ending) - 1].rstrip(". ")
    return f"{stem or 'fichier'}.{ending}"


def _visible(name: str) -> str:
    kept = (sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C")
    return " ".join("".join(" " if sign in "\u2028\u2029" else sign for sign in kept).split())


Read = tuple[str, str, bytes]


def _picture(content: bytes, shown: dict[str, str]) -> Read | None:
    try:
        with warnings.catch_warnings():
            # Counted below, before anything is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[*_PICTURES])
    except Image.DecompressionBombError:
        raise Refused(_("« %(name)s » a trop de points. Réduisez l’image, puis joignez-la.") % shown) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        return None
    if picture.width * picture.height > _MOST_PIXELS:
        raise Refused(_("« %(name)s » a trop de points. Réduisez l’image, puis joignez-la.") % shown)
    ending, content_type = _PICTURES[picture.format or "PNG"]
    drawn = io.BytesIO()
    try:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((_LONGEST_EDGE, _LONGEST_EDGE))
        if ending == "jpg" and upright.mode not in ("RGB", "L"):
            upright = upright.convert("RGB")
        plain = Image.new(upright.mode, upright.size)
        if upright.palette:
            plain.putpalette(upright.palette)
        plain.paste(upright)
        transparency = upright.info.get("transparency")
        kept = {} if transparency is None or ending == "jpg" else {"transparency": transparency}
        plain.save(drawn, format=picture.format, **kept, **({"quality": 85} if ending != "png" else {}))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, zlib.error):
        raise Refused(
            _("« %(name)s » est une image abîmée. Enregistrez-la de nouveau, puis joignez-la.") % shown
        ) from None
    return ending, content_type, drawn.getvalue()


def _pdf(content: bytes, shown: dict[str, str]) -> Read | None:
    if b"%PDF-" not in content[:1024]:
        return None
    if any(_PDF_RUNS.search(_pdf_names(part)) for part in (_pdf_outline(content), *_pdf_packed(content))):
        raise Refused(
            _("« %(name)s » contient un script. Imprimez-le en PDF, puis joignez ce nouveau fichier.") % shown
        )
    return "pdf", "application/pdf", content


def _pdf_names(part: bytes) -> bytes:
    return _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)


def _pdf_outline(content: bytes) -> bytes:
    """Its objects without what their streams hold: pictures say anything by chance."""
    kept, at = [], 0
    while (start := content.find(b"stream", at)) >= 0:
        end = content.find(b"endstream", start)
        if end < 0:
            break
        kept.append(content[at:start])
        at = end + len(b"endstream")
    return b" ".join([*kept, content[at:]])


def _pdf_packed(content: bytes) -> list[bytes]:
    """What its packed objects say, as far as it can be read."""
    unpacked, left = [], _MOST_UNPACKED
    for found in _PDF_PACKED.finditer(content):
        end = content.find(b"endstream", found.end())
        if end < 0 or left <= 0:
            break
        try:
            part = zlib.decompressobj().decompress(content[found.end() : end], left)
        except zlib.error:
            continue
        unpacked.append(part)
        left -= len(part)
    return unpacked


def _office(content: bytes, shown: dict[str, str]) -> Read | None:
    if not content.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            declared = archive.open("mimetype").read(200).decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        return None
    kind = next((kind for part, kind in _OFFICE.items() if part in names and "[Content_Types].xml" in names), None)
    if declared in _OPEN_DOCUMENTS:
        kind = (_OPEN_DOCUMENTS[declared], declared)
    if kind is None:
        return None
    # Printers' settings come along in every second table of a town hall, and run nothing.
    if any(_RUNS.search(name) for name in names if not re.search(r"(?i)printersettings\d*\.bin$", name)):
        raise Refused(
            _("« %(name)s » contient des macros ou un objet inséré. Enregistrez-le sans macros, ou en PDF.") % shown
        )
    return *kind, content


def _text(name: str, content: bytes, shown: dict[str, str]) -> Read | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What old spreadsheets write in France.
        text = content.decode("cp1252", "replace")
    if (
        any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t\f" for sign in set(text))
        or "\ufffd" in text
    ):
        return None
    if text.lstrip()[:1] == "<":
        raise Refused(
            _(
                "« %(name)s » est une page ou un dessin du web, qui peut contenir un script. "
                "Envoyez-le en PDF ou en image."
            )
            % shown
        )
    ending = name.rpartition(".")[2].lower()
    if ending in ("json", "geojson") and not _is_json(text):
        ending = "txt"
    return (ending, _TEXTS[ending], content) if ending in _TEXTS else ("txt", "text/plain", content)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _scan(content: bytes, shown: dict[str, str]) -> None:
    """Ask the operator's scanner, where there is one. One that does not answer lets nothing through."""
    command = settings.ATTACHMENT_SCANNER
    if not command:
        return
    try:
        code = subprocess.run(
            command, input=content, capture_output=True, timeout=_SCAN_SECONDS, check=False
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        logger.exception("The scanner of attachments does not answer")
        code = None
    if code == _INFECTED:
        raise Refused(_("« %(name)s » est refusé par notre antivirus.") % shown)
    if code != 0:
        logger.error("The scanner of attachments ended with %s", code)
        raise Refused(
            _("Nous ne pouvons pas vérifier « %(name)s » en ce moment. Réessayez plus tard, ou envoyez le texte seul.")
            % shown
        )
