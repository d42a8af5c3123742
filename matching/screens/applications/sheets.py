"""A file as both sides read it: its parts, and under each the answers in words."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from matching.organisations.models import LegalForm
from matching.partnerships.models import Party
from matching.screens.numbers import euros, period


class Part(NamedTuple):
    """One part of a file. Answers: (label, text)."""

    title: str
    answers: list[tuple[str, str]]


def sheet_of(filed: dict[str, Any]) -> list[Part]:
    """The parts that hold something."""
    parts = [Part(_("Le projet"), list(_project(filed))), Part(_("Qui demande"), list(_people(filed)))]
    return [part for part in parts if part.answers]


def _project(filed: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if filed.get("purpose"):
        yield _("Ce que le collectif veut faire"), filed["purpose"]
    if filed.get("brings"):
        yield _("Ce qu’il apporte"), filed["brings"]
    if filed.get("asked_cents") is not None:
        yield _("Montant demandé"), euros(filed["asked_cents"])
    if when := period(_day(filed.get("starts")), _day(filed.get("ends"))):
        yield _("Quand"), when


def _people(filed: dict[str, Any]) -> Iterator[tuple[str, str]]:
    applicant = filed.get("applicant")
    if applicant:
        yield _("Qui porte la candidature"), _identity(applicant)
    for party in filed.get("parties", ()):
        yield Party.Role(party["role"]).label.capitalize(), _identity(party)


def _identity(said: dict[str, str]) -> str:
    numbers = [f"SIRET {said['siret']}" if said.get("siret") else "", f"RNA {said['rna']}" if said.get("rna") else ""]
    form = LegalForm(said["legal_form"]).label if said.get("legal_form") else ""
    return " · ".join(str(part) for part in (said["name"], form, *numbers) if part)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
