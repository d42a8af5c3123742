"""The values of the exchange format: each check returns a value ready for the database or raises Unusable.

The fields of the matching engine's contract keep their names and meaning; the lists of words and the official
geography are the engine's own. Sentences are in French, for whoever mends the file.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from stdnum.fr import siren

from matching.catalogue.eligibility import MOST_MONTHS, Rule
from matching.catalogue.models import LICENCES, Audience, Need, Offer, Resource, RuleKind, Status, Subkind
from matching.catalogue.models.resources import FundingUse
from matching.catalogue.models.rights import (
    RIGHTS_OF,
    Counterpart,
    Domain,
    Extent,
    Holder,
    Revocable,
    Right,
    column,
)
from matching.catalogue.texts import tidy
from matching.catalogue.vocabulary import theme_names
from matching.engine.cleaning import clean
from matching.engine.listings import KINDS, RIGHTS
from matching.exchange.report import Fault, Unusable, shown
from matching.geography import LEVELS, Place, load
from matching.organisations.models import LegalForm, Organisation, Posture, Side
from matching.organisations.validators import RNA

Check = Callable[[object], Any]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Beyond these a number is a slip of the keyboard, and the database would refuse it anyway.
_MOST_EUROS = 1_000_000_000_000
_MOST_EUROS_FOR_A_PLACE = 10_000_000
_MOST_PEOPLE = 1_000_000
_MOST_M2 = 100_000_000
_STATUSES = (Status.DRAFT, Status.PUBLISHED, Status.PAUSED, Status.CLOSED)


def text(most: int | None) -> Check:
    """A text of at most so many characters once tidied; None: any length."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise Unusable("wrong_type", f"{shown(value)} n’est pas un texte", "Écrivez un texte")
        tidied = tidy(value)
        if most is not None and len(tidied) > most:
            raise Unusable("too_long", f"le texte a {len(tidied)} caractères", f"Gardez-en {most} au plus")
        return tidied

    return check


def words(most: int | None) -> Check:
    """The author's words, line by line, without HTML remains or invisible characters."""

    def check(value: object) -> str:
        lines = text(None)(value).split("\n")
        return text(most)("\n".join(map(clean, lines)))

    return check


def identity(value: object) -> str:
    """A text that is the same once tidied: it must be found again by the next import."""
    expected = "Écrivez un texte court et stable, par exemple « salle-12 »"
    name = text(120)(value)
    if name != value:
        raise Unusable("wrong_type", f"l’identifiant {shown(value)} contient des caractères invisibles", expected)
    return name


def one_of(choices: Sequence[str]) -> Check:
    def check(value: object) -> str:
        if value not in choices or not isinstance(value, str):
            raise Unusable("unknown_value", f"{shown(value)} est inconnu", _one_among(choices, value))
        return value

    return check


def some_of(choices: Sequence[str]) -> Check:
    def check(value: object) -> tuple[str, ...]:
        return tuple(one_of(choices)(each) for each in texts(value))

    return check


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, each once."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise Unusable("wrong_type", f"{shown(value)} n’est pas une liste de textes", 'Écrivez ["…", "…"]')
    return tuple(dict.fromkeys(value))


def one_or_some_of(choices: Sequence[str]) -> Check:
    def check(value: object) -> tuple[str, ...]:
        return some_of(choices)([value] if isinstance(value, str) else value)

    return check


def place(value: object) -> Place:
    """The current place of a level and an official code; a code that merged gives the new commune."""
    expected = 'Écrivez {"level": "commune", "code": "29019"}'
    if not isinstance(value, Mapping) or set(value) != {"level", "code"}:
        raise Unusable("wrong_type", f"{shown(value)} n’est pas un territoire", expected)
    level, code = one_of(LEVELS)(value["level"]), value["code"]
    if not isinstance(code, str):
        raise Unusable("bad_place", f"le code {shown(code)} n’est pas un texte", "Mettez-le entre guillemets")
    if not load().well_formed(level, code):
        raise Unusable("bad_place", f"{shown(code)} n’a pas la forme d’un code de niveau {level}", expected)
    found = load().resolve(level, code)
    if found is None:
        raise Unusable(
            "unknown_place",
            f"aucun territoire de niveau {level} n’a le code {shown(code)} en {load().millesime}",
            "Vérifiez le code officiel géographique",
        )
    return found


def number(most: float, unit: str) -> Callable[[object], float]:
    expected = f"Écrivez un nombre ({unit}) entre 0 et {most}"

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Unusable("wrong_type", f"{shown(value)} n’est pas un nombre", expected)
        if not 0 <= value <= most:
            raise Unusable("bad_number", f"{shown(value)} est impossible", expected)
        return value

    return check


def cents(most_euros: int = _MOST_EUROS) -> Check:
    """Euros in the file, cents here."""

    def check(value: object) -> int:
        return round(number(most_euros, "en euros")(value) * 100)

    return check


def whole(most: int, unit: str) -> Check:
    def check(value: object) -> int:
        found = number(most, unit)(value)
        if found != int(found):
            raise Unusable("bad_number", f"{shown(value)} n’est pas un nombre entier", f"Arrondissez ({unit})")
        return int(found)

    return check


def day(value: object) -> date:
    expected = "Écrivez le jour ainsi : 2026-05-31"
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Unusable("bad_date", f"{shown(value)} n’est pas une date", expected)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unusable("bad_date", f"{shown(value)} n’existe pas au calendrier", expected) from None


def yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unusable("wrong_type", f"{shown(value)} n’est ni vrai ni faux", "Écrivez true ou false")
    return value


def address(value: object) -> str:
    """An address of the web, and nothing that a browser would execute."""
    found = text(500)(value)
    try:
        URLValidator(schemes=["http", "https"])(found)
    except ValidationError:
        raise Unusable(
            "unknown_value", f"{shown(value)} n’est pas une adresse", "Écrivez-la en entier : https://…"
        ) from None
    return found


def siren_number(value: object) -> str:
    if not isinstance(value, str) or not siren.is_valid(value):
        raise Unusable(
            "bad_number_of_organisation",
            f"{shown(value)} n’est pas un SIREN bien formé",
            "Il a neuf chiffres",
        )
    return siren.compact(value)


def rna_number(value: object) -> str:
    if not isinstance(value, str) or not RNA.match(value):
        raise Unusable(
            "bad_number_of_organisation",
            f"{shown(value)} n’est pas un RNA bien formé",
            "Écrivez W et neuf caractères",
        )
    return value


_MOST_DAYS = 1000
_BUNDLE: dict[str, Check] = {
    "preset": text(20),
    **{column(holder, right): one_of(Extent.values) for holder in Holder for right in RIGHTS_OF[holder]},
    **{f"{right}_condition": words(300) for right in Right},
    "domain": one_of(Domain.values),
    "duration_months": whole(MOST_MONTHS, "en mois"),
    "hours": words(300),
    "revocable": one_of(Revocable.values),
    "notice_days": whole(_MOST_DAYS, "en jours"),
    "counterpart": one_of(Counterpart.values),
    "output_licence": one_of([identifier for identifier, _ in LICENCES]),
    "decides": words(200),
    "watches": words(200),
    "leaving": words(500),
}


def bundle(value: object) -> dict[str, Any]:
    """Who holds which right: {"preset": "shared", "together_management": "granted", "duration_months": 12}."""
    if not isinstance(value, Mapping):
        raise Unusable("wrong_type", f"{shown(value)} n’est pas un bouquet de droits", 'Écrivez {"preset": "shared"}')
    for name in value:
        one_of(tuple(_BUNDLE))(name)
    return {name: _BUNDLE[name](each) for name, each in value.items() if each not in (None, "")}


_CONDITIONS = ("audience", "theme", "budget", "age", "insurance", "commitment", "de_minimis")


def conditions(value: object) -> tuple[Rule, ...]:
    """The conditions to apply: {"age": 12, "budget": 5000, "insurance": true, "firm": ["age"]}; budgets in euros."""
    if not isinstance(value, Mapping):
        raise Unusable("wrong_type", f"{shown(value)} n’est pas une liste de conditions", 'Écrivez {"age": 12}')
    for name in value:
        one_of((*_CONDITIONS, "firm"))(name)
    firm = some_of((*_CONDITIONS, RuleKind.LEGAL_FORM, RuleKind.PERIMETER))(value.get("firm", ()))
    rules = [_rule(name, value[name]) for name in _CONDITIONS if value.get(name) not in (None, False, [])]
    own = {rule.kind for rule in rules}
    for kind in firm:
        if kind in _CONDITIONS and kind not in own:
            raise Unusable(
                "unknown_value", f"{shown(kind)} n’est pas une condition de cette offre", "Retirez-la de firm"
            )
    of_the_offer = [Rule(kind=kind) for kind in firm if kind not in own]
    return tuple(replace(rule, is_firm=rule.kind in firm) for rule in (*rules, *of_the_offer))


def _rule(name: str, value: object) -> Rule:
    if name == RuleKind.AUDIENCE:
        return Rule(kind=name, among=some_of(Audience.values)(value))
    if name == RuleKind.THEME:
        return Rule(kind=name, among=some_of(tuple(theme_names("fr")))(value))
    if name == RuleKind.BUDGET:
        return Rule(kind=name, most_cents=cents()(value))
    if name == RuleKind.AGE:
        return Rule(kind=name, months=whole(MOST_MONTHS, "en mois")(value))
    yes_or_no(value)
    return Rule(kind=name)


def _one_among(choices: Sequence[str], value: object) -> str:
    near = difflib.get_close_matches(str(value), choices, n=1)
    hint = f" ; peut-être {shown(near[0])}" if near else ""
    return f"Choisissez parmi {', '.join(choices)}{hint}"


def _longest(model: type, name: str) -> int:
    return model._meta.get_field(name).max_length  # type: ignore[attr-defined]


_LISTING: dict[str, Check] = {
    "id": identity,
    "organisation": text(120),
    # Longer ones are cut by the importer, which keeps them whole in the text.
    "title": words(None),
    "text": words(_longest(Offer, "text")),
    "kinds": some_of(KINDS),
    "themes": texts,
    "territory": place,
    "perimeter": place,
    "amount_min": cents(),
    "amount_max": cents(),
    "capacity": whole(_MOST_PEOPLE, "en personnes"),
    "surface_m2": whole(_MOST_M2, "en m²"),
    "starts": day,
    "ends": day,
    "rights": some_of(RIGHTS),
    "status": one_of(_STATUSES),
}

OFFER: dict[str, Check] = {
    **_LISTING,
    "opens": day,
    "closes": day,
    "conditions": conditions,
    "bundle": bundle,
    "legal_forms": some_of(LegalForm.values),
    "expects": words(_longest(Offer, "expects")),
    "provides": words(_longest(Offer, "provides")),
    "has_means": yes_or_no,
    "subkind": one_or_some_of(Subkind.values),
    "licence": one_of([identifier for identifier, _ in LICENCES]),
    "formats": text(_longest(Resource, "formats")),
    "url": address,
    "rights_cleared": yes_or_no,
    "address": words(_longest(Resource, "address")),
    "equipment": words(_longest(Resource, "equipment")),
    "opening": words(_longest(Resource, "opening")),
    "accessible": yes_or_no,
    "price": cents(_MOST_EUROS_FOR_A_PLACE),
    "rental_value": cents(_MOST_EUROS_FOR_A_PLACE),
    "funding_use": one_of(FundingUse.values),
    "rate": whole(100, "en %"),
    "is_call": yes_or_no,
}

NEED: dict[str, Check] = {
    **_LISTING,
    "legal_form": one_of(LegalForm.values),
    "contribution": words(_longest(Need, "contribution")),
    "why": words(_longest(Need, "why")),
    "data_subject": words(_longest(Need, "data_subject")),
}

ORGANISATION: dict[str, Check] = {
    "id": identity,
    "side": one_of(Side.values),
    "name": words(_longest(Organisation, "name")),
    "legal_form": one_of(LegalForm.values),
    "territory": place,
    "description": words(_longest(Organisation, "description")),
    "posture": one_of(Posture.values),
    "host": text(120),
    "siren": siren_number,
    "rna": rna_number,
}

_IN_ORDER = (("amount_min", "amount_max"), ("starts", "ends"), ("opens", "closes"))


def checked(record: Mapping[str, object], checks: Mapping[str, Check]) -> tuple[dict[str, Any], list[Fault]]:
    """The known values of a record by field, and every fault found; null, "" and [] mean unknown."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, value in record.items():
        if value is None or value == "" or value == []:
            continue
        try:
            if name not in checks:
                raise Unusable("unknown_field", "ce champ n’existe pas", _one_among(list(checks), name))
            values[name] = checks[name](value)
        except Unusable as fault:
            faults.append(fault.at(name))
    for low, high in _IN_ORDER:
        if low in values and high in values and values[low] > values[high]:
            mend = "Vérifiez les deux, l’un est peut-être à la place de l’autre"
            faults.append(Fault(low, "order", f"{low} dépasse {high}", mend))
    return values, faults


def missing(name: str, mend: str) -> Fault:
    """A fault for a field that no line may leave out."""
    return Fault(name, "missing", "cette information manque", mend)
