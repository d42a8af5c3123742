"""The place of an authority by its name: what is sure, and nothing else."""

import pytest

from matching.exchange.authorities import place_of_authority
from matching.geography import load


@pytest.mark.parametrize(
    ("name", "level", "code"),
    [
        ("Conseil départemental du Morbihan", "departement", "56"),
        ("Conseil départemental de l'Aube", "departement", "10"),
        ("Conseil départemental des Côtes-d’Armor", "departement", "22"),
        ("Conseil départemental de La Réunion", "departement", "974"),
        ("Département de la Drôme", "departement", "26"),
        ("Conseil régional d'Ile de France", "region", "11"),
        ("Conseil régional du Grand Est", "region", "44"),
        ("Région Bretagne", "region", "53"),
        ("Métropole de Brest", "epci", "242900314"),
        ("Brest Métropole", "epci", "242900314"),
        ("Métropole de Lyon", "epci", "200046977"),
        ("Communauté de communes Pays du Mont-blanc", "epci", "200034882"),
        ("CC Pays du Mont-Blanc", "epci", "200034882"),
        ("Seine Normandie Agglomération (SNA)", "epci", "200072312"),
        ("Ville de Paris", "commune", "75056"),
        ("Commune de Saint-Cirq-Lapopie", "commune", "46256"),
        ("Mairie du Mans", "commune", "72181"),
    ],
)
def test_a_name_that_says_what_it_is(name, level, code):
    assert place_of_authority(name, load()) == (level, code)


@pytest.mark.parametrize(
    "name",
    [
        "Banque des Territoires",
        "DDT de la Lozère",
        "Syndicat Départemental d'Energies du Calvados (SDEC ENERGIE)",
        "Conseil départemental d’Atlantide",
        "Ville de Sainte-Colombe",
        "Agence technique départementale du Rhône (ATD 69)",
        "Finistère",
        "",
    ],
)
def test_other_bodies_and_shared_names_are_left_to_people(name):
    assert place_of_authority(name, load()) is None
