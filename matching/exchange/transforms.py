"""Small pure functions by which a mapping turns a cell into a value of the exchange format.

Each takes a value that is not empty and returns another one, or None for "unknown"; what it cannot use raises
Unusable. Names are those that mapping files write; keyword arguments are the options that they may give.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from matching.engine.cleaning import clean
from matching.exchange.authorities import place_of_authority
from matching.exchange.report import Unusable, shown
from matching.geography import load

_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_WIDE_GAP = re.compile(r"[ \t\u00a0]{3,}|\n+")


def one_line(value: str) -> str:
    """The author's words on one line, without HTML remains."""
    return clean(value)


def paragraphs(value: str) -> str:
    """The author's words without HTML remains; wide gaps were line ends before the export, and are again."""
    return "\n".join(filter(None, map(clean, _WIDE_GAP.split(value))))


def split(value: str, *, on: str = ";") -> list[str]:
    """ "Communes; Régions" is ["Communes", "Régions"]."""
    return [part.strip() for part in value.split(on) if part.strip()]


def first(value: list[str]) -> str | None:
    return value[0] if value else None


def join(value: list[str], *, on: str = ", ") -> str:
    return on.join(value)


def prefix(value: str, *, text: str) -> str:
    """Say what the value is, for a cell that becomes a part of a text."""
    return f"{text}{value}"


def lookup(value: str | list[str], *, table: Mapping[str, Any]) -> Any:
    """What the table says of the value, or of each of several; lists are joined, each answer kept once.

    A value that the table does not know is refused; one that it gives as an empty list means nothing to us. A
    list of which nothing is left is refused too: empty, it would mean "unknown".
    """
    if isinstance(value, str):
        return _looked_up(value, table)
    answers: list[Any] = []
    for each in value:
        answer = _looked_up(each, table)
        answers += answer if isinstance(answer, list) else [answer]
    if value and not answers:
        raise Unusable(
            "unknown_value",
            f"{shown(', '.join(value))} ne correspond à rien ici",
            "Complétez la mise en correspondance",
        )
    return list(dict.fromkeys(answers))


def _looked_up(value: str, table: Mapping[str, Any]) -> Any:
    key = " ".join(value.split())
    if key not in table:
        raise Unusable("unknown_value", f"{shown(value)} n’est pas prévu", f"Valeurs prévues : {', '.join(table)}")
    return table[key]


def euros(value: str) -> float:
    """ "1 500,50 €" is 1500.5."""
    figures = "".join(value.replace("€", "").split()).replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", figures) or len(figures) > 20:
        raise Unusable("bad_number", f"{shown(value)} n’est pas un montant", "Écrivez par exemple 1500 ou 1 500,50 €")
    return float(figures)


def whole_number(value: str) -> int:
    figures = "".join(value.split())
    if not re.fullmatch(r"-?[0-9]{1,15}", figures):
        raise Unusable(
            "bad_number", f"{shown(value)} n’est pas un nombre entier", "Écrivez des chiffres, par exemple 60"
        )
    return int(figures)


def french_day(value: str) -> str:
    """ "31/12/2023" is "2023-12-31"."""
    found = _DAY.fullmatch(value.strip())
    if not found:
        raise Unusable("bad_date", f"{shown(value)} n’est pas une date", "Écrivez le jour ainsi : 31/12/2026")
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        raise Unusable(
            "bad_date", f"{shown(value)} n’existe pas au calendrier", "Vérifiez le jour et le mois"
        ) from None


def yes(value: str) -> bool:
    """ "Oui" is True, "Non" is False."""
    answers = {"oui": True, "non": False}
    if value.strip().lower() not in answers:
        raise Unusable("unknown_value", f"{shown(value)} n’est ni oui ni non", "Écrivez Oui ou Non")
    return answers[value.strip().lower()]


def last_segment(value: str) -> str | None:
    """The last part of a web address: "https://…/aides/3d9e-accompagner/" is "3d9e-accompagner"."""
    return value.strip().rstrip("/").rsplit("/", 1)[-1] or None


def place(value: str, *, level: str) -> dict[str, str]:
    return {"level": level, "code": value.strip()}


def arrondissement_of_paris(value: str, *, whole_city: str) -> dict[str, str]:
    """ "4" is commune 75104; `whole_city` is what the file writes for all of Paris."""
    if value == whole_city:
        return {"level": "commune", "code": "75056"}
    if not re.fullmatch(r"[0-9]{1,2}", value) or not 1 <= int(value) <= 20:
        raise Unusable(
            "unknown_place",
            f"{shown(value)} n’est pas un arrondissement de Paris",
            "Écrivez un nombre de 1 à 20",
        )
    return {"level": "commune", "code": f"751{int(value):02d}"}


def place_of(value: str) -> dict[str, str] | None:
    """The territory of an authority by its name; None for another body."""
    found = place_of_authority(value, load())
    return {"level": found.level, "code": found.code} if found else None


TRANSFORMS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        one_line,
        paragraphs,
        split,
        first,
        join,
        prefix,
        lookup,
        euros,
        whole_number,
        french_day,
        yes,
        last_segment,
        place,
        arrondissement_of_paris,
        place_of,
    )
}
