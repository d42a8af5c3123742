"""The commands: files in, totals on stdout, the rest on stderr, exit with a sentence when nothing can be read."""

import errno
import gzip
import io
import json
import re

import pytest
from django.core.management import CommandError, call_command

from matching.catalogue.models import Need, Offer, Status
from matching.organisations.models import Organisation

pytestmark = pytest.mark.django_db

MAPPING = """
listing = "needs"
source = "tableur"
[[field]]
to = "id"
from = "Code"
[[field]]
to = "title"
from = "Nom"
[[field]]
to = "ends"
from = "Fin"
transforms = ["french_day"]
"""


@pytest.fixture
def write(tmp_path):
    def write_file(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def call(*arguments, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command(*map(str, arguments), **options, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def need_file(write, world):
    records = [
        {"id": "a", "organisation": world["bricoleuses"].slug, "title": "Une salle"},
        {"id": "b", "organisation": world["bricoleuses"].slug, "title": "Un four", "capacity": -1},
    ]
    return write("besoins.jsonl", "\n".join(map(json.dumps, records)))


def test_json_lines_in_totals_and_refusals_out(need_file, tmp_path):
    out, err = call("import_needs", need_file, report=tmp_path / "rapport.json")
    assert "lues : 2\n" in out
    assert "importées : 1\n" in out
    assert "refusées : 1\n  nombre impossible : 1\n" in out
    assert "besoins.jsonl:2 : capacity : « -1 » est impossible." in err
    assert "2 lignes lues, 1 refusées" in err
    report = json.loads((tmp_path / "rapport.json").read_text(encoding="utf-8"))
    assert report["refused_by_reason"] == {"bad_number": 1}
    assert report["flagged"] == {"contribution_unknown": 1}
    assert report["refusals"][0]["line"] == 2
    assert Need.objects.get().source == "besoins"


def test_a_dry_run_and_a_draft(need_file):
    out, _ = call("import_needs", need_file, "--dry-run")
    assert out.startswith("Essai : rien n’a été écrit.")
    assert not Need.objects.exists()
    call("import_needs", need_file, "--draft", "--source", "ailleurs")
    assert (Need.objects.get().status, Need.objects.get().source) == (Status.DRAFT, "ailleurs")


def test_a_compressed_table_with_its_mapping(write, world):
    table = write("besoins.csv.gz", gzip.compress(b"Code;Nom;Fin\n1;Une salle;31/12/2025\n2;Un four;\n"))
    mapping = write("mapping.toml", MAPPING)
    out, _ = call(
        "import_needs",
        table,
        "--mapping",
        mapping,
        "--organisation",
        world["bricoleuses"].slug,
        "--today",
        "2026-06-01",
    )
    assert "importées : 2" in out
    assert "déjà terminées à la date donnée : 1" in out
    assert set(Need.objects.values_list("source", "external_id")) == {("tableur", "1"), ("tableur", "2")}


@pytest.mark.parametrize(
    ("name", "content", "options", "told"),
    [
        ("a.csv", "Code;Nom;Fin\n", {}, "--mapping"),
        ("a.csv", "Code;Nom\n", {"mapping": "mapping.toml"}, "« Fin »"),
        ("a.csv", "Code;Nom;Fin\n", {"mapping": "absente"}, "aides-2023"),
        ("a.csv", "Nom;Lien\n", {"mapping": "aides-2023"}, "import_offers"),
        ("a.csv", "Été".encode("cp1252"), {}, "Windows-1252"),
        ("a.jsonl", '{"id": "a"}', {"organisation": "personne"}, "aucune organisation"),
        ("a.jsonl", '{"id": "a"}', {"report": "absent/rapport.json"}, "compte rendu"),
    ],
)
def test_what_cannot_be_done_is_said(write, themes, tmp_path, monkeypatch, name, content, options, told):
    monkeypatch.chdir(tmp_path)
    write("mapping.toml", MAPPING)
    arguments = [part for option, value in options.items() for part in (f"--{option}", value)]
    with pytest.raises(CommandError, match=told):
        call("import_needs", write(name, content), *arguments)


def test_a_wrong_day_is_said(write):
    with pytest.raises(CommandError, match="2026-05-31"):
        call("import_needs", write("a.jsonl", ""), "--today", "demain")


def test_an_empty_file_is_a_file_of_no_listings(write, themes):
    out, _ = call("import_offers", write("a.jsonl", ""))
    assert "lues : 0" in out


def refused(command, *arguments):
    """What a command that refuses everything writes, and the sentence with which it ends."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as ended:
        call_command(command, *map(str, arguments), stdout=out, stderr=err, no_color=True)
    assert ended.value.returncode == 1
    return out.getvalue(), err.getvalue(), str(ended.value)


def test_many_refusals_are_summed_up(write, themes):
    out, err, _ended = refused("import_offers", write("a.jsonl", '{"id": 1}\n' * 60))
    assert "… et 10 autres lignes refusées" in err
    assert "refusées : 60" in out


@pytest.mark.parametrize("command", ["import_needs", "import_offers", "import_organisations"])
@pytest.mark.parametrize("dry_run", [["--dry-run"], []])
def test_a_file_of_which_nothing_is_kept_ends_badly(write, themes, tmp_path, command, dry_run):
    report = tmp_path / "rapport.json"
    out, err, ended = refused(command, write("a.jsonl", '{"id": "a"}\n'), *dry_run, "--report", report)
    assert "Toutes les lignes sont refusées" in ended
    assert "refusées : 1" in out and "a.jsonl:1" in err
    assert json.loads(report.read_text(encoding="utf-8"))["refused"] == 1


def test_one_good_line_is_a_good_end(need_file):
    call("import_needs", need_file, "--dry-run")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("absent.jsonl", None, "ce fichier n’existe pas"),
        ("absent/a.jsonl", None, "ce fichier n’existe pas"),
        (".", None, "c’est un dossier"),
        ("a.jsonl/b.jsonl", None, "n’est pas un dossier"),
        ("x" * 300, None, "ce nom est trop long"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0", "n’est pas un texte"),
        ("papier.pdf", b"%PDF-1.7 abc", "n’est pas un texte"),
        ("brut.bin", bytes(range(256)) * 9 + b"\0" * 200, "n’est pas un texte"),
        ("ancien.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "classeur"),
        ("faux.csv.gz", b"pas un gzip", "mal compressé"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_french(write, tmp_path, name, content, told):
    write("a.jsonl", "")
    if content is not None:
        write(name, content)
    with pytest.raises(CommandError, match=told) as ended:
        call("import_needs", tmp_path / name)
    assert not re.search(r"\b(No such|Is a|Not a|file name|directory)\b", str(ended.value))


def test_a_file_that_one_may_not_read_is_told_in_french(write, monkeypatch):
    def forbidden(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    file = write("a.jsonl", "")
    monkeypatch.setattr("pathlib.Path.read_bytes", forbidden)
    with pytest.raises(CommandError, match="vous n’avez pas le droit"):
        call("import_needs", file)


def test_a_mapping_that_is_no_toml_says_where(write):
    mapping = write("mapping.toml", 'listing = "needs"\nsource\n')
    with pytest.raises(CommandError, match="ligne 2"):
        call("import_needs", write("a.csv", "Code;Nom;Fin\n"), "--mapping", mapping)


def test_refused_values_cannot_write_on_the_terminal(write, themes):
    line = json.dumps({"id": "a", "title": "b", "kinds": ["\x1b[31m"]})
    _, err, _ended = refused("import_offers", write("a.jsonl", line))
    assert "\x1b" not in err


def test_organisations_then_their_offers(write, world):
    town = {
        "id": "mairie",
        "side": "authority",
        "name": "Ville de Brest",
        "legal_form": "commune",
        "territory": {"level": "commune", "code": "29019"},
    }
    offer = {"id": "o", "organisation": "mairie", "title": "Salle", "kinds": ["place"]}
    out, _ = call("import_organisations", write("collectivites.jsonl", json.dumps(town)))
    assert "mises à jour : 1" in out
    call("import_offers", write("offres.jsonl", json.dumps(offer)))
    assert Offer.objects.get().organisation == Organisation.objects.get(name="Ville de Brest")


def test_themes_are_loaded_by_a_command(db):
    out, _ = call("load_themes")
    assert out == "84 thèmes\n"
