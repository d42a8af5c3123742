"""Finding territories by typing, and those that lie in, hold or touch another."""

import pytest

from matching.geography import Place, load
from matching.territories.models import Territory


def found(typed):
    return [str(territory) for territory in Territory.objects.search(typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Brest", "Brest (Finistère)"),
        ("brest", "Brest (Finistère)"),
        ("bres", "Brest Métropole (Finistère)"),  # the most populated
        ("Brest (Finistère)", "Brest (Finistère)"),
        ("brest fin", "Brest (Finistère)"),
        ("29200", "Brest (Finistère)"),
        ("st etienne", "Saint-Étienne (Loire)"),
        ("St-Étienne", "Saint-Étienne (Loire)"),
        ("saint étienne", "Saint-Étienne (Loire)"),
        ("Saint—Étienne", "Saint-Étienne (Loire)"),
        ("ste colombe", "Sainte-Colombe (Rhône)"),
        ("l'ile d'yeu", "L’Île-d’Yeu (Vendée)"),
        ("île d’yeu", "L’Île-d’Yeu (Vendée)"),
        ("Yeu", "L’Île-d’Yeu (Vendée)"),
        ("mans", "Le Mans (Sarthe)"),
        ("Brest Métropole", "Brest Métropole (Finistère)"),
        ("pays fouesnantais", "CC du Pays Fouesnantais (Finistère)"),
        ("Communauté de communes du pays fouesnantais", "CC du Pays Fouesnantais (Finistère)"),
        ("grand paris", "Métropole du Grand Paris (Île-de-France)"),
        ("Lot", "Lot (département)"),
        ("46", "Lot (département)"),
        ("vienne", "Vienne (département)"),
        ("vienne isère", "Vienne (Isère)"),
        ("ain", "Ain (département)"),
        ("paris 18", "Paris 18e arrondissement"),
        ("Paris 18e", "Paris 18e arrondissement"),
        ("ajaccio", "Ajaccio (Corse-du-Sud)"),
        ("france", "France"),
        # a merged commune is found as the one around it
        ("Pierrefitte-sur-Seine", "Saint-Denis (Seine-Saint-Denis)"),
        # an overseas collectivity is both département and région, and is offered once
        ("polynésie", "Polynésie française (collectivité d’outre-mer)"),
    ],
)
def test_what_is_typed_finds(world, typed, first):
    assert found(typed)[0] == first


def test_homonyms_come_with_their_departement_most_populated_first(world):
    homonyms = found("sainte-colombe")
    assert homonyms[0] == "Sainte-Colombe (Rhône)"
    assert len(homonyms) == len(set(homonyms)) > 2
    populations = [territory.population for territory in Territory.objects.search("sainte-colombe")]
    assert populations == sorted(populations, reverse=True)


def test_the_very_name_comes_before_longer_ones(world):
    assert found("paris")[:2] == ["Paris (commune)", "Paris (département)"]
    assert "Métropole du Grand Paris (Île-de-France)" in found("paris")


def test_a_territory_is_found_once_though_several_of_its_names_fit(world):
    ids = [territory.pk for territory in Territory.objects.search("paris")]
    assert len(ids) == len(set(ids))
    assert found("polyn").count("Polynésie française (collectivité d’outre-mer)") == 1


@pytest.mark.parametrize("typed", ["", "  ", "!?", "%", "_", "b%t", "'; DROP TABLE x; --", "\0", "\ud800"])
def test_nothing_to_find_finds_nothing_and_breaks_nothing(world, typed):
    assert found(typed) == []


def test_a_text_of_any_length_is_answered(world):
    assert found("a" * 100_000) == []


def test_named_is_exact(world):
    assert [str(row) for row in Territory.objects.named("brest (finistere)")] == ["Brest (Finistère)"]
    assert [str(row) for row in Territory.objects.named("29200")] == ["Brest (Finistère)"]
    assert len(Territory.objects.named("paris")) == 2
    assert not Territory.objects.named("bres")
    assert not Territory.objects.named("")


def test_every_row_is_named_by_what_it_shows(world):
    for row in Territory.objects.current().exclude(level="region", type="collectivite-outre-mer"):
        assert list(Territory.objects.named(str(row))) == [row]


def test_at_reads_old_codes_and_knows_what_it_does_not_know(at):
    assert at("commune", "93059").code == "93066"
    assert at("commune", "20004").code == "2A004"
    assert at("commune", "01033").type == "commune-actuelle"
    assert not Territory.objects.at("commune", "99999").exists()
    assert not Territory.objects.at("commune", "").exists()


def codes(rows):
    return {(row.level, row.code) for row in rows}


def test_containing(at):
    assert codes(Territory.objects.containing(at("commune", "29019"))) == {
        ("commune", "29019"),
        ("epci", "242900314"),
        ("departement", "29"),
        ("region", "53"),
        ("country", "FR"),
    }
    around_paris_18 = codes(Territory.objects.containing(at("commune", "75118")))
    assert {("commune", "75056"), ("departement", "75"), ("epci", "200054781")} < around_paris_18
    assert ("commune", "75101") not in around_paris_18


def test_within(at):
    assert codes(Territory.objects.within(at("epci", "242900314"))) == {
        ("commune", "29019"),
        ("commune", "29075"),
        ("epci", "242900314"),
    }
    assert codes(Territory.objects.within(at("commune", "75056"))) == {
        ("commune", "75056"),
        ("commune", "75101"),
        ("commune", "75118"),
        ("departement", "75"),
    }


def test_around_includes_what_shares_only_a_part(at):
    metropole, essonne = at("epci", "200054781"), at("departement", "91")
    assert metropole in Territory.objects.around(essonne)
    assert essonne in Territory.objects.around(metropole)
    assert metropole not in Territory.objects.within(essonne)
    assert metropole not in Territory.objects.containing(essonne)
    assert at("departement", "29") not in Territory.objects.around(essonne)


def test_around_is_symmetrical_and_agrees_with_the_geography(world):
    geo = load()
    rows = list(Territory.objects.current().order_by("pk"))
    for row in rows:
        around = set(Territory.objects.around(row).current())
        assert around == {
            other for other in rows if geo.overlaps(Place(row.level, row.code), Place(other.level, other.code))
        }


def test_phrases_take_a_fixed_number_of_queries(at, django_assert_num_queries):
    brest = at("commune", "29019")
    for rows in (
        Territory.objects.search("sainte"),
        Territory.objects.around(brest),
        Territory.objects.within(brest),
        Territory.objects.containing(brest),
        Territory.objects.at("commune", "29019"),
    ):
        with django_assert_num_queries(1):
            list(rows)
