"""What an import says: what is wrong with a line, and how the lines ended."""

from collections import Counter
from dataclasses import dataclass, field

#: Why a line is refused, by code; the words of the totals.
REASONS: dict[str, str] = {
    "unreadable": "ligne illisible",
    "cells": "nombre de cases différent de l’en-tête",
    "missing": "information obligatoire absente",
    "unknown_field": "champ inconnu",
    "wrong_type": "valeur d’une autre nature",
    "unknown_value": "valeur hors de la liste",
    "bad_date": "date impossible ou mal écrite",
    "bad_number": "nombre impossible",
    "bad_place": "code de territoire mal formé",
    "unknown_place": "territoire inconnu",
    "unknown_theme": "thème inconnu",
    "unknown_organisation": "organisation inconnue",
    "wrong_side": "organisation du mauvais côté",
    "other_organisation": "annonce déjà importée pour une autre organisation",
    "order": "minimum au-dessus du maximum, ou fin avant le début",
    "too_long": "texte trop long",
    "without_kind": "information qui ne correspond à aucune ressource",
    "duplicate_id": "identifiant répété",
    "bad_number_of_organisation": "SIREN ou RNA mal formé",
    "edited_here": "annonce modifiée ici depuis l’import",
    "database": "refus de la base de données",
}

#: What an accepted line did not know or what deserves attention, by code; the words of the totals.
FLAGS: dict[str, str] = {
    "in_kind": "aide en nature, sans argent (ingénierie, formation, matériel)",
    "perimeter_assumed": "périmètre supposé : tout le pays",
    "contribution_unknown": "apports du collectif inconnus",
    "title_cut": "titre raccourci, entier dans le texte",
    "host_unknown": "organisation porteuse introuvable, laissée vide",
    "known_elsewhere": "collectivité déjà connue sous l’identifiant d’une autre provenance, qui est gardé",
    "legal_form_of_organisation": "forme juridique différente de celle de l’organisation, qui est gardée",
}


class Unusable(Exception):
    """A value that cannot be used. `reason` is a code of REASONS; the rest is for people, in French."""

    def __init__(self, reason: str, problem: str, mend: str) -> None:
        super().__init__(f"{problem}. {mend}")
        self.reason = reason
        self.problem = problem
        self.mend = mend

    def at(self, column: str) -> "Fault":
        return Fault(column, self.reason, self.problem, self.mend)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one column of a line, and what would mend it."""

    column: str
    reason: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.column} : {self.problem}. {self.mend}."


@dataclass(frozen=True)
class Refusal:
    """A line that was not imported, with every fault found on it."""

    line: int
    id: str
    faults: tuple[Fault, ...]

    @property
    def reason(self) -> str:
        """What the line counts for in the totals: its first fault."""
        return self.faults[0].reason


@dataclass
class Report:
    """How the lines of one file ended. Each one read is imported, updated, unchanged or refused."""

    dry_run: bool = False
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    flags: Counter[str] = field(default_factory=Counter)
    # Accepted lines whose dates are behind the day of the import: imported all the same.
    over: int = 0
    seconds: float = 0.0

    @property
    def read(self) -> int:
        return self.imported + self.updated + self.unchanged + len(self.refusals)

    @property
    def refused_by_reason(self) -> Counter[str]:
        return Counter(refusal.reason for refusal in self.refusals)

    def refuse(self, line: int, id: str, faults: list[Fault]) -> None:
        self.refusals.append(Refusal(line, id, tuple(faults)))

    def as_json(self) -> dict[str, object]:
        """Everything, ready for json.dump."""
        return {
            "dry_run": self.dry_run,
            "read": self.read,
            "imported": self.imported,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": len(self.refusals),
            "refused_by_reason": dict(self.refused_by_reason),
            "flagged": dict(self.flags),
            "over": self.over,
            "seconds": round(self.seconds, 2),
            "refusals": [
                {
                    "line": refusal.line,
                    "id": refusal.id,
                    "faults": [
                        {
                            "column": fault.column,
                            "reason": fault.reason,
                            "problem": fault.problem,
                            "mend": fault.mend,
                        }
                        for fault in refusal.faults
                    ],
                }
                for refusal in self.refusals
            ],
        }

    def totals(self) -> list[str]:
        """The totals, one French sentence part a line."""
        lines = [
            "Essai : rien n’a été écrit." if self.dry_run else "Import terminé.",
            f"lues : {self.read}",
            f"importées : {self.imported}",
            f"mises à jour : {self.updated}",
            f"inchangées : {self.unchanged}",
            f"refusées : {len(self.refusals)}",
        ]
        lines += [f"  {REASONS[code]} : {count}" for code, count in self.refused_by_reason.most_common()]
        lines += [f"signalées, {FLAGS.get(code, code)} : {count}" for code, count in self.flags.most_common()]
        if self.over:
            lines.append(f"déjà terminées à la date donnée : {self.over}")
        lines.append(f"secondes : {self.seconds:.1f}")
        return lines


def shown(value: object) -> str:
    """A value as a sentence quotes it: short, on one line, nothing that a terminal would obey."""
    text = value if isinstance(value, str) else repr(value)
    plain = "".join(character if character.isprintable() else "�" for character in text[:60])
    return f"« {plain}{'…' if len(text) > 60 else ''} »"
