"""Outlines come from a file that somebody loads: what is no outline of a known territory is refused, in words."""

import json

import pytest
from django.core.management import CommandError, call_command

from matching.catalogue.editions import current_edition
from matching.territories.models import Outline

SQUARE = [[[-4.0, 48.0], [-4.0, 48.5], [-4.5, 48.5], [-4.0, 48.0]]]


def feature(code="29", geometry_type="Polygon", coordinates=SQUARE):
    return {
        "type": "Feature",
        "properties": {"code": code, "nom": "Finistère"},
        "geometry": {"type": geometry_type, "coordinates": coordinates},
    }


def load(path, held, capsys):
    path.write_text(held if isinstance(held, str) else json.dumps(held))
    call_command("load_outlines", str(path))
    return capsys.readouterr()


def test_outlines_are_loaded_once_and_make_an_edition(territories, tmp_path, capsys, client):
    before = current_edition()
    collection = {"type": "FeatureCollection", "features": [feature()]}
    assert "1 contours écrits" in load(tmp_path / "o.geojson", collection, capsys).out
    assert current_edition() != before
    assert "1 déjà les mêmes" in load(tmp_path / "o.geojson", collection, capsys).out
    answer = client.get("/contours.json").json()
    assert answer["features"][0]["properties"] == {"name": "Finistère"}
    assert answer["features"][0]["geometry"]["coordinates"] == SQUARE


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (feature(code="999"), "n’est d’aucun territoire"),
        (feature(code=""), "le code officiel manque"),
        (feature(geometry_type="Point", coordinates=[1, 2]), "Polygon ou un MultiPolygon"),
        (feature(coordinates=[[[200, 48], [1, 2], [3, 4], [200, 48]]]), "des anneaux de points"),
        (feature(coordinates=[[[float("nan"), 48], [1, 2], [3, 4], [1, 48]]]), "des anneaux de points"),
        (feature(coordinates=[[1, 2]]), "des anneaux de points"),
        (feature(coordinates="<script>"), "des anneaux de points"),
        ("rien", "properties"),
    ],
)
def test_what_is_no_outline_is_refused_and_the_others_stand(territories, tmp_path, capsys, broken, said):
    told = load(tmp_path / "o.geojson", {"features": [broken, feature()]}, capsys)
    assert said in told.err
    assert "1 refusés" in told.out
    assert Outline.objects.count() == 1


@pytest.mark.parametrize("held", ["", "[1, 2]", "{", '{"features": 3}', "[" * 100_000])
def test_what_is_no_file_of_outlines_writes_nothing(territories, tmp_path, capsys, held):
    with pytest.raises(CommandError, match="Rien n’a été écrit"):
        load(tmp_path / "o.geojson", held, capsys)
    assert not Outline.objects.exists()
