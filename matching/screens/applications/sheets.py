"""A file as both sides read it: its parts, and under each the answers in words."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from matching.catalogue.eligibility import Light, Rule
from matching.organisations.models import LegalForm
from matching.partnerships.models import DocumentKind, Party
from matching.screens.applications.budget_form import BudgetTable, table_of
from matching.screens.eligibility import rule_in_words
from matching.screens.numbers import euros, number, period


class Document(NamedTuple):
    """A document that was handed in."""

    uuid: str
    kind: str
    name: str
    size: int


class Part(NamedTuple):
    """One part of a file. Answers: (label, text)."""

    title: str
    answers: list[tuple[str, str]]
    budget: BudgetTable | None = None
    documents: tuple[Document, ...] = ()


def sheet_of(filed: dict[str, Any], *, reader: str = "") -> list[Part]:
    """The parts that hold something. reader: the slug of the one organisation whose own file is shown; "": of all."""
    project = table_of(_("Budget du projet"), filed["budget"]) if filed.get("budget") else None
    parts = [
        Part(_("Le projet"), list(_project(filed)), project),
        Part(_("Qui demande"), list(_people(filed))),
        Part(_("Conditions de l’offre, d’après les réponses du collectif"), list(_conditions(filed))),
        *(_own_part(one) for one in _with_files(filed) if reader in ("", one["slug"])),
    ]
    return [part for part in parts if part.answers or part.budget or part.documents]


def own_answers(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an organisation says of itself, in words, without what it leaves empty."""
    counts = [
        _("%(count)s membres") % {"count": number(said["members"])} if said.get("members") else "",
        _("%(count)s bénévoles") % {"count": number(said["volunteers"])} if said.get("volunteers") else "",
        _("%(count)s salariés") % {"count": number(said["employees"])} if said.get("employees") else "",
    ]
    answers = [
        (_("Ce que fait le collectif"), said.get("purpose")),
        (_("Qui signe"), said.get("representative")),
        (_("Combien de personnes"), ", ".join(filter(None, counts))),
        (_("Réseaux et fédérations"), said.get("networks")),
        (_("Agréments, soutiens publics"), said.get("approvals")),
    ]
    return [(label, text) for label, text in answers if text]


def _with_files(filed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in (filed.get("applicant") or {}, *filed.get("parties", ())):
        if one.get("file"):
            yield one


def _own_part(one: dict[str, Any]) -> Part:
    own = one["file"]
    title = _("Dossier de %(name)s") % {"name": one["name"]}
    budget = None
    if own.get("budget"):
        year = own.get("budget_year")
        caption = _("Budget %(year)s de %(name)s") if year else _("Budget de %(name)s")
        budget = table_of(caption % {"year": year, "name": one["name"]}, own["budget"])
    documents = tuple(
        Document(row["uuid"], str(DocumentKind(row["kind"]).label), row["name"], row["size"])
        for row in own.get("documents", ())
    )
    return Part(title, own_answers(own), budget, documents)


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


def _conditions(filed: dict[str, Any]) -> Iterator[tuple[str, str]]:
    lights = {Light.GREEN: _("remplie"), Light.ORANGE: _("à préciser"), Light.RED: _("non remplie")}
    for each in filed.get("conditions", ()):
        yield rule_in_words(Rule.from_plain(each["rule"])), lights[Light(each["light"])]


def _identity(said: dict[str, Any]) -> str:
    numbers = [f"SIRET {said['siret']}" if said.get("siret") else "", f"RNA {said['rna']}" if said.get("rna") else ""]
    form = LegalForm(said["legal_form"]).label if said.get("legal_form") else ""
    return " · ".join(str(part) for part in (said["name"], form, *numbers) if part)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
