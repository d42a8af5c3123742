"""Codes: what they look like, what they mean today."""

import pytest

from matching.geography import Place, load, well_formed

geo = load()


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("29019", "29019"),
        ("93059", "93066"),  # Pierrefitte-sur-Seine, commune déléguée of Saint-Denis since 2025
        ("20004", "2A004"),  # Ajaccio before 1976
        ("75056", "75056"),
        ("75112", "75112"),  # an arrondissement stays itself
        ("69387", "69387"),
        ("13216", "13216"),
        ("60455", "60694"),  # a commune déléguée whose former commune is told twice: where it lies today
        ("01033", "01033"),  # Valserhône, and the commune déléguée at its centre
        ("97502", "97502"),
    ],
)
def test_commune_codes_of_today(code, today):
    assert geo.resolve("commune", code) == Place("commune", today)


def test_every_code_of_the_table_is_known_and_leads_to_a_place_of_today():
    for territory in geo.territories():
        place = geo.resolve(territory.level, territory.code)
        assert place is not None
        assert geo.get(place).type not in ("commune-deleguee", "commune-associee")
        assert geo.resolve(*place) == place


def test_every_former_code_leads_to_a_current_commune():
    for territory in geo.territories():
        for code in territory.old_codes:
            assert geo.get(geo.resolve("commune", code)).type == "commune-actuelle"


def test_a_merged_commune_keeps_its_line():
    pierrefitte = geo.merged_commune("93059")
    assert (pierrefitte.name, pierrefitte.parent) == ("Pierrefitte-sur-Seine", "93066")
    assert geo.merged_commune("01033").name == "Bellegarde-sur-Valserine"
    assert geo.merged_commune("29019") is None


@pytest.mark.parametrize("code", ["975", "977", "978", "984", "986", "987", "988", "989"])
@pytest.mark.parametrize("level", ["departement", "region"])
def test_overseas_collectivities_stand_at_both_levels(level, code):
    assert geo.resolve(level, code) == Place(level, code)
    assert geo.relation(Place("departement", code), Place("region", code)) == "same"


@pytest.mark.parametrize(
    ("department", "region"), [("971", "01"), ("972", "02"), ("973", "03"), ("974", "04"), ("976", "06")]
)
def test_overseas_departements_have_a_region_of_another_code(department, region):
    assert geo.relation(Place("departement", department), Place("region", region)) == "same"
    assert geo.resolve("region", department) is None


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ("commune", "99999"),
        ("commune", "29"),
        ("commune", "fr"),
        ("commune", ""),
        ("epci", "29019"),
        ("epci", "999999999"),
        ("departement", "1"),
        ("departement", "20"),
        ("departement", "01001"),
        ("region", "29019"),
        ("country", "BE"),
        ("country", "fr"),
        ("galaxy", "FR"),
    ],
)
def test_unknown_codes_are_none_never_an_error(level, code):
    assert geo.resolve(level, code) is None


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ("commune", "01001"),
        ("commune", "2A004"),
        ("commune", "20004"),
        ("commune", "99999"),
        ("epci", "242900314"),
        ("epci", "999999999"),
        ("departement", "01"),
        ("departement", "2B"),
        ("departement", "20"),
        ("departement", "976"),
        ("departement", "69D"),
        ("region", "53"),
        ("region", "01"),
        ("region", "975"),
        ("country", "FR"),
    ],
)
def test_well_formed(level, code):
    assert well_formed(level, code)
    assert geo.well_formed(level, code)


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ("commune", "1001"),
        ("commune", "290190"),
        ("commune", "2C004"),
        ("commune", "2a004"),
        ("commune", "29019 "),
        ("commune", "29019\n"),
        ("commune", "٢٩٠١٩"),
        ("commune", ""),
        ("epci", "24290031"),
        ("epci", "24290031X"),
        ("departement", "1"),
        ("departement", "29019"),
        ("departement", "2C"),
        ("region", "bretagne"),
        ("region", "2A"),
        ("country", "France"),
        ("country", "fr"),
        ("country", "BE"),
        ("galaxy", "FR"),
    ],
)
def test_not_well_formed(level, code):
    assert not well_formed(level, code)


def test_every_known_code_is_well_formed():
    for territory in geo.territories():
        assert well_formed(territory.level, territory.code)
        assert all(well_formed("commune", code) for code in territory.old_codes)
