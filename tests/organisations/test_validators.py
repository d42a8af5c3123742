"""Numbers that are well formed, and names that would deceive."""

import pytest
from django.core.exceptions import ValidationError

from matching.organisations.validators import (
    validate_collective_name,
    validate_rna,
    validate_siren,
    validate_siret,
)


@pytest.mark.parametrize("number", ["W291000123", "W9R1000088", "W2A1000119", "W9N3001202"])
def test_rna_of_the_mainland_overseas_and_corsica(number):
    validate_rna(number)


@pytest.mark.parametrize(
    "number", ["w291000123", "W29100012", "W291000123\n", "291000123", "WA91000123", "W2911000123"]
)
def test_rna_that_is_not_one(number):
    with pytest.raises(ValidationError):
        validate_rna(number)


def test_siren_and_siret_by_their_check_digits():
    validate_siren("212900195")
    validate_siret("73282932000074")
    with pytest.raises(ValidationError):
        validate_siren("212900196")
    with pytest.raises(ValidationError):
        validate_siret("21290019800010")


@pytest.mark.parametrize(
    "name",
    [
        "Mairie de Brest",
        "VILLE DE BREST",
        "Commune d’Arles",
        "Conseil départemental du Lot",
        "Métropole de Lyon",
        "Région Bretagne",
    ],
)
def test_a_collective_does_not_pass_for_an_authority(name):
    with pytest.raises(ValidationError):
        validate_collective_name(name)


@pytest.mark.parametrize("name", ["Ville en transition", "Les Régionales", "Communes imaginaires", "Le Maire est fou"])
def test_names_of_groups_are_free(name):
    validate_collective_name(name)
