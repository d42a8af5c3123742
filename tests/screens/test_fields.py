"""Fields read what people type, refuse with a sentence, and give back what was typed."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from matching.screens.fields import (
    CountField,
    DayField,
    EurosField,
    ThemesField,
    TidyCharField,
    WebAddressField,
    YesNoField,
)

EXOTIC = "Caf\u0065\u0301 \x00\u202eabc\U0001f33b\ud800"


@pytest.mark.parametrize(
    ("field", "typed", "read"),
    [
        (EurosField(required=False), "1 500,50 €", 150050),
        (EurosField(required=False), "1\u202f500", 150000),
        (EurosField(required=False), "0", 0),
        (EurosField(required=False), "", None),
        (EurosField(required=False), "\x001500", 150000),
        (CountField(required=False), "60 personnes", 60),
        (CountField(required=False), "1 200", 1200),
        (CountField(required=False), "110 m²", 110),
        (CountField(required=False), "٣", 3),
        (CountField(required=False), "", None),
        (DayField(required=False), "2026-12-31", date(2026, 12, 31)),
        (DayField(required=False), "31/12/2026", date(2026, 12, 31)),
        (DayField(required=False), " 31/12/2026\x00", date(2026, 12, 31)),
        (WebAddressField(required=False), "exemple.fr/page", "https://exemple.fr/page"),
        (WebAddressField(required=False), "", ""),
        (YesNoField(), "yes", True),
        (YesNoField(), "no", False),
        (YesNoField(), "", None),
        (TidyCharField(), EXOTIC, "Café \u202eabc\U0001f33b"),
    ],
)
def test_what_is_typed_is_read(field, typed, read):
    assert field.clean(typed) == read


@pytest.mark.parametrize(
    ("field", "typed", "part"),
    [
        (EurosField(), "-5", "négatif"),
        (EurosField(), "beaucoup", "Écrivez un montant"),
        (EurosField(), "1e999", "Écrivez un montant"),
        (EurosField(), "NaN", "Écrivez un montant"),
        (EurosField(), "9" * 100_000, "Écrivez un montant"),
        (EurosField(), "99 999 999 999", "trop grand"),
        (CountField(), "-3", "négatif"),
        (CountField(), "2,5", "nombre entier"),
        (CountField(), "9999999999", "trop grand"),
        (CountField(most=100), "120", "100 au plus"),
        (DayField(), "31/02/2026", "n’existe pas"),
        (DayField(), "demain", "n’existe pas"),
        (DayField(), "0001-01-01", "l’année"),
        (WebAddressField(), "javascript:alert(1)", "complète"),
        (WebAddressField(), "ftp://exemple.fr", "complète"),
        (TidyCharField(max_length=10), "é" * 11, "11 signes"),
        (TidyCharField(), "\x00\x01 ", "rester vide"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(field, typed, part):
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert part in refused.value.messages[0]


class SampleForm(forms.Form):
    day = DayField()
    amount = EurosField()
    text = TidyCharField(max_length=5)


def test_what_was_typed_comes_back():
    html = SampleForm({"day": "31/02/2026", "amount": "douze", "text": "trop long"}).as_p()
    # A calendar would drop a day that does not exist: the box becomes a plain one.
    assert 'type="text" name="day" value="31/02/2026"' in html
    assert 'value="douze"' in html
    assert 'value="trop long"' in html
    assert "maxlength" not in html


def test_stored_values_come_back_as_people_write_them():
    html = SampleForm(initial={"day": date(2026, 12, 31), "amount": 150050}).as_p()
    assert 'type="date" name="day" value="2026-12-31"' in html
    assert "500,50" in html


@pytest.fixture
def themes(db):
    from matching.catalogue.models import Theme

    parent = Theme.objects.create(slug="nature", name_fr="Nature", name_en="Nature", position=1)
    child = Theme.objects.create(slug="nature/jardins", name_fr="Jardins", name_en="Gardens", parent=parent, position=2)
    return parent, child


def test_themes_are_at_most_three_each_once(themes):
    field = ThemesField(required=False)
    field.offer_choices()
    assert field.clean(["nature/jardins", "nature", "nature/jardins"]) == [themes[1], themes[0]]
    assert field.clean(["", "", ""]) == []
    with pytest.raises(ValidationError, match="pas dans la liste"):
        field.clean(["licornes", "", ""])
