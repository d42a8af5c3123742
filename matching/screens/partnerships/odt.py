"""The convention as ODT, to be worked on in an office suite: headings, lists and tables of their own kind."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from matching.screens.partnerships.document import LANGUAGE, Document, Items, Table

CONTENT_TYPE = "application/vnd.oasis.opendocument.text"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("meta", "meta"),
    )
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def as_odt(document: Document) -> bytes:
    """The bytes of the file."""
    title = f"{document.title} – {document.subject}"
    parts = {
        "content.xml": f'{_HEAD}<office:document-content {_NAMES} office:version="1.3"><office:body><office:text>'
        f"{''.join(_body(document))}</office:text></office:body></office:document-content>",
        "meta.xml": f'{_HEAD}<office:document-meta {_NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'office:version="1.3"><office:meta><dc:title>{escape(title)}</dc:title><dc:language>{LANGUAGE}-FR'
        "</dc:language></office:meta></office:document-meta>",
        "styles.xml": f'{_HEAD}<office:document-styles {_NAMES} office:version="1.3"><office:styles>'
        '<style:default-style style:family="paragraph"><style:text-properties fo:language="fr" fo:country="FR"/>'
        "</style:default-style></office:styles></office:document-styles>",
        "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest manifest:version="1.3" '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{CONTENT_TYPE}"/>'
        + "".join(
            f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
            for name in ("content", "meta", "styles")
        )
        + "</manifest:manifest>",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and unpacked: that is how an ODT is known.
        archive.writestr("mimetype", CONTENT_TYPE, zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def _body(document: Document) -> Iterator[str]:
    yield _heading(1, document.title)
    yield from (_paragraph(text) for text in (document.subject, document.stands))
    yield _heading(2, document.between)
    yield _list(document.parties)
    for article in document.articles:
        yield _heading(2, article.heading)
        yield from map(_paragraph, article.paragraphs)
        for part in article.below:
            if isinstance(part, Items):
                yield _heading(3, part.title) + _list(part.items)
            else:
                yield _table(part)
    yield _heading(2, document.signatures.caption)
    yield _table(document.signatures)


def _heading(level: int, text: str) -> str:
    return f'<text:h text:outline-level="{level}">{escape(text)}</text:h>'


def _paragraph(text: str) -> str:
    return f"<text:p>{escape(text)}</text:p>"


def _list(items: Iterable[str]) -> str:
    rows = "".join(f"<text:list-item>{_paragraph(str(item))}</text:list-item>" for item in items)
    return f"<text:list>{rows}</text:list>"


def _table(table: Table) -> str:
    header = f"<table:table-header-rows>{_row(table.header)}</table:table-header-rows>"
    columns = f'<table:table-column table:number-columns-repeated="{len(table.header)}"/>'
    rows = "".join(_row(row) for row in table.rows)
    name = quoteattr(table.caption)
    return f"{_paragraph(table.caption)}<table:table table:name={name}>{columns}{header}{rows}</table:table>"


def _row(cells: Iterable[str]) -> str:
    inside = "".join(f"<table:table-cell>{_paragraph(str(cell))}</table:table-cell>" for cell in cells)
    return f"<table:table-row>{inside}</table:table-row>"
