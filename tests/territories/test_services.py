"""Loading the geography: complete, quick, safe to repeat, and nothing is ever lost."""

import pytest
from django.core.management import call_command

from matching import geography
from matching.geography import Place
from matching.territories import services
from matching.territories.models import Containment, Territory, TerritoryName
from matching.territories.services import is_loaded, load_all, load_some
from tests.territories.conftest import PLACES

geo = geography.load()


def snapshot():
    return [list(model.objects.order_by("pk").values_list()) for model in (Territory, Containment, TerritoryName)]


def small_table(monkeypatch):
    """From now on the table holds no more than the database does."""
    known = set(Territory.objects.values_list("level", "type", "code"))
    small = [row for row in geo.territories() if (row.level, row.type, row.code) in known]
    monkeypatch.setattr(geography.Geography, "territories", lambda self: iter(small))


@pytest.mark.full_load
def test_every_territory_is_loaded_and_again(db):
    steps = []
    assert load_all(progress=lambda done, total: steps.append((done, total))) == 38_992
    assert steps[-1][0] == steps[-1][1]
    assert is_loaded()

    assert Territory.objects.filter(type="commune-actuelle").count() == 34_969
    assert Territory.objects.filter(type="EPT").count() == 11
    assert Territory.objects.exclude(replaced_by=None).count() == 2_105 + 471
    assert Territory.objects.exclude(vintage="2026").count() == 0
    assert Territory.objects.current().count() == 38_992 - 2_105 - 471
    assert Territory.objects.filter(level="epci", siren="").count() == 0
    _closure_agrees_with_the_geography()
    assert [str(row) for row in Territory.objects.search("st denis")[:2]] == [
        "Saint-Denis (La Réunion)",
        "Saint-Denis (Seine-Saint-Denis)",
    ]
    assert len(Territory.objects.named("sainte-colombe")) >= 12

    before = snapshot()
    load_all()
    assert snapshot() == before


def _closure_agrees_with_the_geography():
    for level, code in (("departement", "29"), ("epci", "200054781"), ("region", "11"), ("commune", "13055")):
        place = Place(level, code)
        held = {row.place for row in geo.territories() if geo.contains(place, geo.resolve(row.level, row.code))}
        rows = Territory.objects.within(Territory.objects.at(level, code).get())
        assert {Place(row.level, row.code) for row in rows} == held


def test_a_small_world_brings_its_containers(world):
    assert set(Territory.objects.filter(level="region").values_list("code", flat=True)) >= {"53", "11", "04"}
    assert Territory.objects.count() < 120
    assert not is_loaded()
    for row in Territory.objects.all():
        place = geo.resolve(row.level, row.code)
        containers = {Place(other.level, other.code) for other in row.containers.all()}
        assert containers == geo.within(place) - ({place} if row.replaced_by is None else set())


def test_rows_say_what_the_table_says(at):
    brest = at("commune", "29019")
    assert (brest.name, brest.context, str(brest)) == ("Brest", "Finistère", "Brest (Finistère)")
    assert (brest.siren, brest.vintage) == ("212900195", "2026")
    assert brest.population == geo.get(Place("commune", "29019")).population
    assert at("epci", "242900314").siren == "242900314"
    assert at("departement", "29").siren == ""
    assert at("commune", "85113").name == "L’Île-d’Yeu"


def test_a_merged_commune_keeps_its_row_and_points_to_its_successor(at):
    pierrefitte = Territory.objects.get(code="93059")
    assert pierrefitte.replaced_by == at("commune", "93066")
    assert pierrefitte not in Territory.objects.current()
    assert pierrefitte in Territory.objects.within(at("departement", "93"))


def test_loading_again_changes_nothing(world):
    before = snapshot()
    load_some(PLACES)
    assert snapshot() == before


def test_loading_more_leaves_the_rest_alone(world):
    brest = Territory.objects.get(code="29019")
    containers = set(brest.containers.all())
    load_some([("commune", "35238")])
    brest.refresh_from_db()
    assert set(brest.containers.all()) == containers
    assert Territory.objects.at("commune", "35238").exists()
    assert list(Territory.objects.search("brest"))


def test_an_unknown_code_is_an_error(db):
    with pytest.raises(ValueError, match="commune 99999"):
        load_some([("commune", "99999")])
    assert not Territory.objects.exists()


def test_a_new_year_rewrites_rows_in_place(at):
    """Names, types, populations and containers change from year to year; primary keys do not."""
    metropole, brest = at("epci", "242900314"), at("commune", "29019")
    Territory.objects.filter(pk=metropole.pk).update(type="CU", name="CU de Brest", vintage="2014", population=1)
    stale = Containment.objects.create(contained=brest, container=at("departement", "46"))
    TerritoryName.objects.create(territory=brest, key="ancien nom")
    load_some(PLACES)
    metropole.refresh_from_db()
    assert (metropole.type, metropole.name, metropole.vintage) == ("METRO", "Brest Métropole", "2026")
    assert metropole.population == geo.get(Place("epci", "242900314")).population
    assert not Containment.objects.filter(pk=stale.pk).exists()
    assert not Territory.objects.search("ancien nom").exists()


def test_what_vanished_stays_and_points_to_what_its_code_means_today(monkeypatch, world):
    """A commune of last year that has merged since, and an EPCI that was dissolved."""
    small_table(monkeypatch)
    merged = Territory.objects.create(
        level="commune", type="commune-actuelle", code="93059", name="Pierrefitte-sur-Seine", vintage="2024"
    )
    dissolved = Territory.objects.create(level="epci", type="CC", code="200000000", name="CC", vintage="2024")
    load_all()
    merged.refresh_from_db()
    dissolved.refresh_from_db()
    saint_denis = Territory.objects.at("commune", "93066").get()
    assert (merged.replaced_by, merged.vintage) == (saint_denis, "2024")
    assert merged in Territory.objects.within(saint_denis)
    assert merged in Territory.objects.within(Territory.objects.at("departement", "93").get())
    assert dissolved.replaced_by is None
    assert not Territory.objects.current().filter(pk__in=[merged.pk, dissolved.pk]).exists()


def test_a_commune_that_stands_again_is_current_again(world):
    brest = Territory.objects.get(code="29019")
    Territory.objects.filter(pk=brest.pk).update(replaced_by=Territory.objects.get(code="29232"), vintage="2020")
    load_some(PLACES)
    brest.refresh_from_db()
    assert brest.replaced_by is None
    assert brest in Territory.objects.current()


def test_nothing_is_written_when_loading_fails(monkeypatch, db):
    def broken(*args):
        raise RuntimeError("cut")

    monkeypatch.setattr(services, "_search_keys", broken)
    with pytest.raises(RuntimeError, match="cut"):
        load_some(PLACES)
    assert not Territory.objects.exists()


def test_the_command_says_what_it_did(monkeypatch, world, capsys):
    small_table(monkeypatch)
    call_command("load_territories")
    out, err = capsys.readouterr()
    assert f"{Territory.objects.count()} territories, official geography of 2026" in out
    assert "3 of 3" in err
