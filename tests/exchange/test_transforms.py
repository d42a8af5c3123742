"""Each transformation alone: what it makes of a cell, and what it refuses."""

import pytest

from matching.exchange import transforms
from matching.exchange.report import Unusable


@pytest.mark.parametrize(
    ("name", "options", "value", "expected"),
    [
        ("one_line", {}, "<b>Salle</b> &amp;\u00a0cour\n\x00", "Salle & cour"),
        ("paragraphs", {}, "<p>Un</p>      deux\n\n trois", "Un\ndeux\ntrois"),
        ("split", {}, "Communes; Régions ;;", ["Communes", "Régions"]),
        ("split", {"on": ","}, "a,b", ["a", "b"]),
        ("first", {}, ["a", "b"], "a"),
        ("first", {}, [], None),
        ("join", {}, ["a", "b"], "a, b"),
        ("prefix", {"text": "Adresse : "}, "rue Watt", "Adresse : rue Watt"),
        ("lookup", {"table": {"Oui": "yes"}}, "Oui", "yes"),
        ("lookup", {"table": {"A b": "x"}}, "A\u00a0b", "x"),
        ("lookup", {"table": {"A": "x", "B": ["x", "y"], "C": []}}, ["A", "B", "C"], ["x", "y"]),
        ("euros", {}, "1 500,50 €", 1500.5),
        ("euros", {}, "1\u202f500", 1500.0),
        ("whole_number", {}, "1\u00a0200", 1200),
        ("french_day", {}, "31/12/2023", "2023-12-31"),
        ("french_day", {}, "1.6.2023", "2023-06-01"),
        ("yes", {}, " OUI", True),
        ("yes", {}, "non", False),
        ("last_segment", {}, "https://a.fr/aides/3d9e-salle/", "3d9e-salle"),
        ("place", {"level": "commune"}, " 29019 ", {"level": "commune", "code": "29019"}),
        ("arrondissement_of_paris", {"whole_city": "23"}, "4", {"level": "commune", "code": "75104"}),
        ("arrondissement_of_paris", {"whole_city": "23"}, "20", {"level": "commune", "code": "75120"}),
        ("arrondissement_of_paris", {"whole_city": "23"}, "23", {"level": "commune", "code": "75056"}),
        ("place_of", {}, "Région Bretagne", {"level": "region", "code": "53"}),
        ("place_of", {}, "Une agence", None),
    ],
)
def test_what_it_makes(name, options, value, expected):
    assert transforms.TRANSFORMS[name](value, **options) == expected


@pytest.mark.parametrize(
    ("name", "options", "value", "reason"),
    [
        ("lookup", {"table": {"Oui": "yes"}}, "Peut-être", "unknown_value"),
        ("lookup", {"table": {"A": []}}, ["A"], "unknown_value"),
        ("lookup", {"table": {"A": "x"}}, ["A", "B"], "unknown_value"),
        ("euros", {}, "beaucoup", "bad_number"),
        ("euros", {}, "1e9", "bad_number"),
        ("euros", {}, "1,2,3", "bad_number"),
        ("euros", {}, "9" * 30, "bad_number"),
        ("whole_number", {}, "3,5", "bad_number"),
        ("whole_number", {}, "²", "bad_number"),
        ("french_day", {}, "31/02/2023", "bad_date"),
        ("french_day", {}, "2023-12-31", "bad_date"),
        ("french_day", {}, "00/00/0000", "bad_date"),
        ("yes", {}, "peut-être", "unknown_value"),
        ("arrondissement_of_paris", {"whole_city": "23"}, "21", "unknown_place"),
        ("arrondissement_of_paris", {"whole_city": "23"}, "0", "unknown_place"),
        ("arrondissement_of_paris", {"whole_city": "23"}, "IVe", "unknown_place"),
    ],
)
def test_what_it_refuses(name, options, value, reason):
    with pytest.raises(Unusable) as refusal:
        transforms.TRANSFORMS[name](value, **options)
    assert refusal.value.reason == reason
    assert refusal.value.mend
