"""What may go with a message: read by its content, harmless, well named; the rest is refused with a sentence."""

import io
import sys
import unicodedata
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import IFD, Base

from matching.partnerships.files import LONGEST_NAME, Refused, clean_file, clean_files, safe_name

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind="JPEG", size=(40, 20), mode="RGB", **options):
    drawn = io.BytesIO()
    Image.new(mode, size).save(drawn, kind, **options)
    return drawn.getvalue()


def archive(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        for name, content in files.items():
            written.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return packed.getvalue()


WORD = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"}


@pytest.mark.parametrize(
    ("name", "content", "ending", "content_type"),
    [
        ("plan.pdf", PDF, "pdf", "application/pdf"),
        ("plan.exe", PDF, "pdf", "application/pdf"),
        ("photo.JPG", picture(), "jpg", "image/jpeg"),
        ("photo.png", picture("PNG"), "png", "image/png"),
        ("photo.jpg", picture("PNG", mode="P"), "png", "image/png"),
        ("photo.webp", picture("WEBP"), "webp", "image/webp"),
        (
            "lettre.docx",
            archive(**WORD),
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            "budget.ods",
            archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "ods",
            "application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("liste.csv", "nom;prix\nÉté;3 €".encode("cp1252"), "csv", "text/csv"),
        ("carte.geojson", b'{"type": "FeatureCollection"}', "geojson", "application/geo+json"),
        ("faux.json", b"bonjour", "txt", "text/plain"),
        ("lance.bat", b"echo bonjour", "txt", "text/plain"),
    ],
)
def test_files_are_what_they_hold_whatever_they_are_called(name, content, ending, content_type):
    file = clean_file(name, content)
    assert (file.name.rpartition(".")[2], file.content_type) == (ending, content_type)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("page.txt", b" \n<html><body onload=alert(1)>"),
        ("dessin.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("page.pdf", b"<script>%PDF-1.7</script>"[:8] + b"\x00"),
        ("lettre.docm", archive(**WORD, **{"word/vbaProject.bin": "x"})),
        ("lettre.docx", archive(**WORD, **{"word/activeX/activeX1.xml": "x"})),
        ("lettre.docx", archive(**WORD, **{"word/embeddings/oleObject1.bin": "x"})),
        (
            "table.ods",
            archive(mimetype="application/vnd.oasis.opendocument.spreadsheet", **{"Basic/Standard/Module1.xml": "x"}),
        ),
        ("archive.zip", archive(**{"x.exe": "MZ"})),
        ("prog.exe", b"MZ\x90\x00" + bytes(200)),
        ("script.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>")),
        ("script.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /#4aavaScript >>")),
        ("script.pdf", PDF.replace(b"/Catalog", b"/Catalog /A << /S /Launch >>")),
        ("packed.pdf", PDF + b"<< /Type /ObjStm >> stream\n" + zlib.compress(b"<< /JS (1) >>") + b"endstream"),
        ("vide.txt", b""),
        ("lourd.txt", b"a" * 10_000_001),
        ("cassée.jpg", picture()[:200]),
        ("bombe.png", picture("PNG", (9000, 9000), "1")),
        ("titre.xlsx", b"PK\x03\x04 rien"),
    ],
)
def test_what_runs_by_itself_or_is_nothing_known_is_refused_by_name(name, content):
    with pytest.raises(Refused, match="«"):
        clean_file(name, content)


def test_a_picture_loses_where_and_when_it_was_taken_and_stands_upright():
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Model] = "Telephone"
    exif.get_ifd(IFD.GPSInfo)[1] = "N"
    file = clean_file("photo.jpg", picture(exif=exif) + b"<script>alert(1)</script>")
    with Image.open(io.BytesIO(file.content)) as drawn:
        assert drawn.size == (20, 40)
        assert not drawn.getexif()
    assert b"Telephone" not in file.content and b"script" not in file.content


def test_chance_words_in_a_picture_of_a_pdf_refuse_nothing():
    assert clean_file("scan.pdf", PDF + b"<< /Length 9 >> stream\n\x01/JS (\x02\nendstream").content


def test_a_pdf_made_to_be_slow_is_not():
    clean_file("lent.pdf", PDF + b"stream\n/ObjStm stream\n" * 300_000)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("C:\\Users\\moi\\plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("facture\u202efdp.exe", "facturefdp.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ("Été à Brest — 10 h.PDF", "Été à Brest — 10 h.pdf"),
        ("été.pdf", "été.pdf"),
        ("مخطط.pdf", "مخطط.pdf"),
        ('<img src=x onerror="1">.pdf', "_img src=x onerror=_1__.pdf"),
        (".htaccess", "fichier.pdf"),
        ("\u200b\u200f.pdf", "fichier.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
        ("", "fichier.pdf"),
    ],
)
def test_names_are_safe_everywhere(given, kept):
    assert safe_name(given, "pdf") == kept


@given(st.text(max_size=300))
def test_no_name_hides_anything(text):
    name = safe_name(text, "pdf")
    assert name.endswith(".pdf") and len(name) <= LONGEST_NAME and not name.startswith(".")
    assert not set(name) & set('/\\<>:"|?*%')
    assert all(unicodedata.category(sign)[0] != "C" for sign in name)


@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-", b"PK\x03\x04", picture()[:60], picture("PNG")[:40]]))
def test_any_bytes_are_taken_or_refused_with_a_sentence(content, start):
    try:
        assert clean_file("fichier", start + content).content
    except Refused as refused:
        assert str(refused).startswith("«")


def test_a_message_takes_so_many_files_and_no_more(settings):
    settings.ATTACHMENTS_LARGEST_TOTAL = 150
    assert len(clean_files([("a.txt", b"a" * 70), ("b.txt", b"b" * 70)])) == 2
    with pytest.raises(Refused, match="trop lourds"):
        clean_files([("a.txt", b"a" * 80), ("b.txt", b"b" * 80)])
    with pytest.raises(Refused, match="fichiers au plus"):
        clean_files([("a.txt", b"a")] * (settings.ATTACHMENTS_MOST + 1))


SCANNER = "import sys; sys.exit(1 if b'EICAR' in sys.stdin.buffer.read() else {sound})"


def test_the_operators_scanner_has_the_last_word(settings):
    settings.ATTACHMENT_SCANNER = [sys.executable, "-c", SCANNER.format(sound=0)]
    assert clean_file("sain.txt", b"bonjour")
    with pytest.raises(Refused, match="antivirus"):
        clean_file("test.txt", EICAR)


@pytest.mark.parametrize("command", [[sys.executable, "-c", SCANNER.format(sound=2)], ["/nulle/part"]])
def test_a_scanner_that_does_not_answer_lets_nothing_through(settings, command):
    settings.ATTACHMENT_SCANNER = command
    with pytest.raises(Refused, match="vérifier"):
        clean_file("sain.txt", b"bonjour")
