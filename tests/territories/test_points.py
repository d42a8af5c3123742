"""Loading where communes lie: each line is taken or refused with its reason, and nothing is needed."""

import gzip

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from matching import geography
from matching.geography import Place
from matching.territories.models import Territory
from matching.territories.points import located_geography

BREST = Place("commune", "29019")
POINT = (48.4084, -4.4996)


@pytest.fixture
def load(world, tmp_path, capsys):
    """What the command says of a file with these lines: what it wrote, and what it refused."""

    def run(*lines, name="points.csv", header="code,lon,lat"):
        path = tmp_path / name
        text = "\n".join([header, *lines]) + "\n"
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode("utf-8-sig"))
        call_command("load_coordinates", str(path))
        told = capsys.readouterr()
        return told.out, told.err.replace(f"{path}:", "")

    return run


def test_points_are_loaded_and_read(load, django_assert_num_queries):
    out, err = load("29019,-4.4996,48.4084", "75056,2.35,48.85", name="points.csv.gz")
    assert out.startswith("2 communes situées") and not err
    located = located_geography()
    assert located.point(BREST) == POINT
    assert located is not geography.load() and geography.load().point(BREST) is None
    with django_assert_num_queries(1):
        assert located_geography() is located
    assert load("29019,-4.4996,48.4084")[0].startswith("0 communes situées, 1 l’étaient déjà")
    load("29019,-4.5,48.4084")
    assert located_geography().point(BREST) == (48.4084, -4.5)


def test_without_points_it_is_the_geography_of_the_table(world):
    assert located_geography() is geography.load()


def test_each_refused_line_says_why_and_the_others_are_loaded(load):
    out, err = load(
        "99999,1,1",
        "29019,-4.4996,48.4084",
        "29019,1,1",
        "75056,2.35,nan",
        "69123,-181,45",
        "13055,,",
        "",
        "1001,5,46",
        "69123,4.85",
    )
    assert out.startswith("1 communes situées") and "7 lignes refusées" in out
    assert "2: code : « 99999 » n’est le code d’aucune commune." in err
    assert "4: code : « 29019 » a déjà une ligne plus haut." in err
    assert "5: lat : « nan » n’est pas un nombre de -90 à 90." in err
    assert "6: lon : « -181 » n’est pas un nombre de -180 à 180." in err
    assert Territory.objects.filter(latitude__isnull=False).count() == 1


def test_an_old_commune_gives_its_point_only_where_its_successor_has_none(load):
    """What is written of a commune that merged must not move the one that it merged into."""
    table = geography.load()
    old, new = next((old, new) for old, new in table._merged.items() if new == "16206" and old != new)
    load(f"{old},0.1,46.1")
    assert located_geography().point(Place("commune", new)) == (46.1, 0.1)
    out, _err = load(f"{old},0.1,46.1", f"{new},0.2,46.2")
    assert "1 lignes de communes fusionnées" in out
    assert located_geography().point(Place("commune", new)) == (46.2, 0.2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("points.csv", b"code,x,y\n29019,1,1\n"),
        ("points.csv", b""),
        ("points.csv", b"\xff\xfe"),
        ("points.csv.gz", b"no gzip"),
        ("points.csv.gz", gzip.compress(b"code,lon,lat\n29019,-4.4996,48.4084\n", mtime=0)[:-12]),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(world, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match="illisible"):
        call_command("load_coordinates", str(path))
    with pytest.raises(CommandError, match="illisible"):
        call_command("load_coordinates", str(tmp_path / "nowhere.csv"))
    assert not Territory.objects.filter(latitude__isnull=False).exists()


@pytest.mark.parametrize("point", [(91, 0), (0, 181), (48.4, None)])
def test_no_row_lies_off_the_earth(world, point):
    with pytest.raises(IntegrityError), transaction.atomic():
        Territory.objects.update(latitude=point[0], longitude=point[1])
