"""Recipes from a folder or a zip of Markdown files: checked first, written one by one, told line by line.

A variant may come before what it was made from: parents are written first. Safe to repeat.
"""

import io
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.images.models import Image

from cms.recipe_markdown import Fault, RecipeFacts, Unreadable, read
from cms.services import UnknownName, add_picture, write_recipe
from matching.catalogue.pictures import BadPicture, read_picture

_MOST_FILES = 2_000
_LARGEST = 20_000_000
_LARGEST_IN_ALL = 200_000_000


@dataclass
class Line:
    """What became of one file: created, updated, unchanged, edited_here or refused, and why."""

    name: str
    outcome: str
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Report:
    """What became of every file, in the order of their names."""

    lines: list[Line] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def is_clean(self) -> bool:
        return not self.count("refused")


class NotAFolder(Exception):
    """The path is neither a folder nor a zip that can be opened."""


def import_recipes(path: Path, *, dry_run: bool = False) -> Report:
    """Import every .md file of the folder or zip. Nothing is written in a dry run. Raises NotAFolder."""
    report, read_files = Report(), []
    contents = dict(_contents(path))
    for name in sorted(contents):
        if name.endswith(".md") and PurePosixPath(name).stem.lower() not in ("readme", "lisez-moi"):
            try:
                facts = read(contents[name].decode("utf-8"), name=PurePosixPath(name).stem)
                read_files.append((name, facts))
            except UnicodeDecodeError:
                fault = Fault(name, _("Le fichier n’est pas en UTF-8."), _("Enregistrez-le en UTF-8."))
                report.lines.append(Line(name, "refused", [fault]))
            except Unreadable as unreadable:
                report.lines.append(Line(name, "refused", unreadable.faults))
    # Files are written as one: a dry run rolls everything back.
    with transaction.atomic():
        for name, facts in _parents_first(read_files):
            report.lines.append(_write(name, facts, contents))
        if dry_run:
            transaction.set_rollback(True)
    report.lines.sort(key=lambda line: line.name)
    return report


def _write(name: str, facts: RecipeFacts, contents: dict[str, bytes]) -> Line:
    try:
        with transaction.atomic():
            picture = _picture(name, facts, contents)
            return Line(name, write_recipe(facts=facts, picture=picture)[1])
    except UnknownName as unknown:
        fault = Fault(
            "themes, territoire, parent",
            _("« %(name)s » n’est pas connu ici.") % {"name": unknown},
            _("Vérifiez son orthographe ; un parent s’importe avec ses variantes ou avant elles."),
        )
    except BadPicture:
        fault = Fault("image", _("L’image ne se lit pas."), _("Donnez une photo en JPEG, PNG ou WebP."))
    return Line(name, "refused", [fault])


def _picture(name: str, facts: RecipeFacts, contents: dict[str, bytes]) -> Image | None:
    if not facts.image:
        return None
    beside = str(PurePosixPath(name).parent / facts.image)
    content = contents.get(beside.removeprefix("./"))
    if content is None:
        raise UnknownName(facts.image)
    drawn = io.BytesIO()
    read_picture(io.BytesIO(content), len(content)).save(drawn, "JPEG", quality=85)
    title = f"{facts.slug} · {facts.image}"
    return add_picture(title=title, text=facts.image_text, content=drawn.getvalue(), ending="jpg")


def _parents_first(files: list[tuple[str, RecipeFacts]]) -> list[tuple[str, RecipeFacts]]:
    left, done, known = list(files), set(), {facts.slug for _name, facts in files}
    ordered = []
    while left:
        ready = [one for one in left if one[1].parent not in known or one[1].parent in done] or left
        ordered += ready
        done |= {facts.slug for _name, facts in ready}
        left = [one for one in left if one not in ready]
    return ordered


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file; links and what is too large are left out."""
    if path.is_dir():
        for file in sorted(path.rglob("*"))[:_MOST_FILES]:
            if file.is_file() and not file.is_symlink() and file.stat().st_size <= _LARGEST:
                yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    try:
        with zipfile.ZipFile(path) as archive:
            rows = [row for row in archive.infolist() if not row.is_dir()][:_MOST_FILES]
            if sum(row.file_size for row in rows) > _LARGEST_IN_ALL:
                raise NotAFolder(_("L’archive est trop lourde une fois ouverte."))
            for row in rows:
                is_link = stat.S_ISLNK(row.external_attr >> 16)
                if not is_link and row.file_size <= _LARGEST and ".." not in PurePosixPath(row.filename).parts:
                    yield row.filename, archive.read(row)
    except (OSError, zipfile.BadZipFile, RuntimeError):
        raise NotAFolder(_("Donnez un dossier, ou une archive zip, de fichiers .md.")) from None
