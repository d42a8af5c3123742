"""The convention as PDF: title, language, headings that a reader can walk, and a font that it carries.

The library draws no full structure tree: the page is the accessible reference, and the PDF says so.
"""

from collections.abc import Sequence
from pathlib import Path

import ttf_opensans
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from matching.screens.partnerships.document import LANGUAGE, Document, Items, Table

_FONTS = Path(ttf_opensans.__file__).parent / "ttf"
_FONT = "OpenSans"
_MARGIN = 20


def as_pdf(document: Document) -> bytes:
    """The bytes of the file."""
    pdf = FPDF(format="A4")
    pdf.set_lang(LANGUAGE)
    pdf.set_title(f"{document.title} – {document.subject}")
    pdf.set_author(", ".join(party.split(",")[0] for party in document.parties))

    for style, name in (("", "Regular"), ("B", "Bold")):
        pdf.add_font(_FONT, style, _FONTS / f"OpenSans-{name}.ttf")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, margin=_MARGIN)
    pdf.add_page()
    _line(pdf, document.title, 20, bold=True)
    _line(pdf, document.subject, 13)
    _line(pdf, document.stands, 10)
    _heading(pdf, document.between)
    _items(pdf, document.parties)
    for article in document.articles:
        _heading(pdf, article.heading)
        for paragraph in article.paragraphs:
            _line(pdf, paragraph, 11)
        for part in article.below:
            if isinstance(part, Items):
                _line(pdf, part.title, 11, bold=True)
                _items(pdf, part.items)
            else:
                _table(pdf, part)
    _heading(pdf, document.signatures.caption)
    _table(pdf, document.signatures)
    return bytes(pdf.output())


def _heading(pdf: FPDF, text: str) -> None:
    pdf.ln(4)
    pdf.start_section(text)
    _line(pdf, text, 13, bold=True)


def _items(pdf: FPDF, items: Sequence[str]) -> None:
    for item in items:
        _line(pdf, f"• {item}", 11)


def _line(pdf: FPDF, text: str, size: int, *, bold: bool = False) -> None:
    pdf.set_font(_FONT, "B" if bold else "", size)
    pdf.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(1)


def _table(pdf: FPDF, table: Table) -> None:
    _line(pdf, table.caption, 10, bold=True)
    pdf.set_font(_FONT, "", 9)
    with pdf.table(text_align="LEFT") as drawn:
        for row in (table.header, *table.rows):
            drawn.row([cell or " " for cell in row])
    pdf.ln(2)
