"""Verbs about the convention: fill it in, write the next version, comment, validate the same one together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from matching.catalogue.rights import rights_of
from matching.catalogue.texts import tidy
from matching.organisations.models import LegalForm, Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships.clauses import clauses_for, required_keys
from matching.partnerships.course import check_course, check_stands
from matching.partnerships.journal import locked_for, record
from matching.partnerships.models import (
    Bearer,
    ClauseComment,
    Commitment,
    ConventionVersion,
    Form,
    Measure,
    Partnership,
    PartnershipParty,
    Validation,
    What,
)
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.threshold import CONVENTION_ABOVE_CENTS, most_in_a_year
from matching.people.models import Person

LONGEST_CLAUSE = 5000
LONGEST_COMMENT = 2000
MOST_CLAUSES = 60
MOST_COMMITMENTS = 30
# The contrat d’engagement républicain exists since that day.
ENGAGEMENTS_SINCE = date(2022, 1, 2)
#: Who subscribes to it before receiving anything.
ENGAGED_FORMS = (LegalForm.ASSOCIATION, LegalForm.FOUNDATION)

State = Partnership.State


class Overtaken(Exception):
    """Somebody has written another version in between; `latest` is that one."""

    def __init__(self, latest: ConventionVersion) -> None:
        super().__init__()
        self.latest = latest


class Unfit(ValueError):
    """What is proposed cannot be an agreement; str() says why, and what mends it. field: where, if somewhere."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A commitment as it is written down. key: of the one that it continues. Euros in cents."""

    bearer: str
    measure: str
    text: str
    quantity: int | None = None
    due: date | None = None
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a version says. clauses: (key, title, text), in order. Amounts in cents."""

    form: str
    clauses: Sequence[tuple[str, str, str]]
    promises: Sequence[Promise] = ()
    in_kind_cents: int = 0
    in_kind_text: str = ""
    starts: date | None = None
    ends: date | None = None
    review_on: date | None = None
    note: str = ""


def latest_of(partnership: Partnership) -> ConventionVersion | None:
    """The version that may be validated now; there is one since the decision."""
    return partnership.versions.order_by("-number").first()


def signed_of(partnership: Partnership) -> ConventionVersion | None:
    """The version that binds; None before everybody has agreed to one."""
    return partnership.versions.filter(signed_at__isnull=False).order_by("-number").first()


def sides_of(partnership: Partnership) -> list[Organisation]:
    """Everybody whose agreement it takes, the authority first."""
    return [partnership.authority, *(party.organisation for party in partnership.parties.all())]


def prefill(partnership: Partnership) -> ConventionVersion:
    """The first version, from what both sides have written already. Whoever decides calls it, in that transaction."""
    offer, application = partnership.offer, partnership.application
    starts = partnership.starts or localdate()
    ends = partnership.ends or _a_year_after(starts)
    total = partnership.granted_cents + partnership.in_kind_cents
    above = most_in_a_year(partnership, cents=total, starts=starts, ends=ends) > CONVENTION_ABOVE_CENTS
    form = Form.CONVENTION if above else Form.PACT
    facts = _facts(partnership)
    draft = Draft(
        form=form,
        clauses=[(clause.key, clause.title, clause.filled(facts)) for clause in clauses_for(offer.kinds, form)],
        promises=[
            Promise(bearer=bearer, measure=Measure.OTHER, text=text[:300])
            for bearer, text in ((Bearer.AUTHORITY, offer.provides), (Bearer.COLLECTIVE, application.brings))
            if text
        ],
        in_kind_cents=partnership.in_kind_cents,
        in_kind_text=partnership.in_kind_text,
        starts=starts,
        ends=ends,
        review_on=starts + (ends - starts) / 2,
    )
    return _write(partnership, draft, form_key=uuid4(), by=None, organisation=None)


def library_texts(partnership: Partnership, form: str) -> list[tuple[str, str, str]]:
    """The clauses of the library for this partnership, filled in: what a version may take up again."""
    facts = _facts(partnership)
    return [(clause.key, clause.title, clause.filled(facts)) for clause in clauses_for(partnership.offer.kinds, form)]


@transaction.atomic
def write_version(
    *, partnership: Partnership, organisation: Organisation, person: Person, draft: Draft, form_key: UUID, based_on: int
) -> ConventionVersion:
    """Write the next version; what was validated counts no more. After signature it is an amendment.

    based_on: the number of the version that the writer had before their eyes. Raises NotAllowed, ImpossibleMove,
    Overtaken, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    if written := partnership.versions.filter(form_key=form_key).first():
        return written
    check_stands(partnership, State.PREPARING, State.ACTIVE)
    latest = latest_of(partnership)
    if latest and latest.number != based_on:
        raise Overtaken(latest)
    draft = _tidied(draft)
    _check_draft(partnership, draft)
    if partnership.state == State.ACTIVE and not draft.note:
        raise Unfit(_("Dites ce que l’avenant change, et pourquoi."), "note")
    version = _write(partnership, draft, form_key=form_key, by=person, organisation=organisation)
    record(partnership, What.VERSION, by=person, organisation=organisation, text=draft.note)
    return version


@transaction.atomic
def validate(*, partnership: Partnership, organisation: Organisation, person: Person, number: int) -> ConventionVersion:
    """This organisation agrees to that version, if it is the latest; the last to agree signs for all.

    Agreeing twice changes nothing. Raises NotAllowed, ImpossibleMove, Overtaken, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    check_stands(partnership, State.PREPARING, State.ACTIVE)
    version = latest_of(partnership)
    if version is None:
        raise ImpossibleMove(_("La convention n’est pas encore écrite."))
    if version.number != number:
        raise Overtaken(version)
    if version.is_signed or version.validations.filter(organisation=organisation).exists():
        return version
    if lacking := lacks(partnership, organisation, version):
        raise Unfit(lacking)
    Validation.objects.create(version=version, organisation=organisation, by=person)
    record(partnership, What.VALIDATED, by=person, organisation=organisation, text=str(version.number))
    agreed = set(version.validations.values_list("organisation", flat=True))
    if agreed >= {side.pk for side in sides_of(partnership)}:
        _sign(partnership, version, person)
    return version


def lacks(partnership: Partnership, organisation: Organisation, version: ConventionVersion) -> str:
    """What this organisation must still say before it validates; empty where nothing is missing."""
    if version.granted_cents != partnership.granted_cents:
        return _("Le montant décidé a changé depuis cette version. Écrivez une nouvelle version.")
    if version.starts is None or version.ends is None:
        return _("Les dates de début et de fin manquent. Écrivez-les dans une nouvelle version.")
    if organisation.pk == partnership.authority_id and not (partnership.act_reference and partnership.act_date):
        return _("Indiquez d’abord l’acte de la collectivité : sa référence et sa date.")
    party = next((one for one in partnership.parties.all() if one.organisation_id == organisation.pk), None)
    if party and owes_engagement(party, version) and party.engaged_on is None:
        return _("Indiquez d’abord la date du contrat d’engagement républicain.")
    if version.form == Form.PACT and _is_above(partnership, version):
        return _above_sentence()
    return ""


def owes_engagement(party: PartnershipParty, version: ConventionVersion) -> bool:
    """Whether this party has subscribed to the contrat d’engagement républicain before it receives anything."""
    return party.organisation.legal_form in ENGAGED_FORMS and bool(version.granted_cents + version.in_kind_cents)


@transaction.atomic
def give_act(*, partnership: Partnership, person: Person, reference: str, on: date) -> Partnership:
    """The authority says which act of its own binds it. Raises NotAllowed, ImpossibleMove, Unfit."""
    partnership = locked_for(partnership, partnership.authority, person)
    check_stands(partnership, State.PREPARING)
    if on > localdate():
        raise Unfit(_("Cet acte n’a pas encore été pris : sa date est à venir."), "on")
    partnership.act_reference, partnership.act_date = tidy(reference), on
    if not partnership.act_reference:
        raise Unfit(_("Écrivez la référence de l’acte, par exemple 2026-11-042."), "reference")
    partnership.save()
    record(partnership, What.ACT, by=person, organisation=partnership.authority, text=partnership.act_reference)
    return partnership


@transaction.atomic
def give_engagement(
    *, partnership: Partnership, organisation: Organisation, person: Person, on: date
) -> PartnershipParty:
    """A party says when it subscribed to the contrat d’engagement républicain.

    Raises NotAllowed, ImpossibleMove, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    check_stands(partnership, State.PREPARING, State.ACTIVE)
    party = next((one for one in partnership.parties.all() if one.organisation_id == organisation.pk), None)
    if party is None:
        raise NotAllowed
    if on > localdate():
        raise Unfit(_("Cette date est à venir : le contrat est souscrit avant l’aide."), "on")
    if on < ENGAGEMENTS_SINCE:
        raise Unfit(_("Ce contrat existe depuis le 2 janvier 2022. Vérifiez la date."), "on")
    party.engaged_on = on
    party.save(update_fields=["engaged_on"])
    record(partnership, What.ENGAGEMENT, by=person, organisation=organisation)
    return party


@transaction.atomic
def comment(
    *,
    partnership: Partnership,
    organisation: Organisation,
    person: Person,
    number: int,
    clause: str,
    text: str,
    form_key: UUID,
) -> ClauseComment:
    """Say something of a clause of that version; the same form_key says it once.

    Raises NotAllowed, ImpossibleMove, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    if said := ClauseComment.objects.filter(form_key=form_key, version__partnership=partnership).first():
        return said
    check_stands(partnership, State.PREPARING, State.ACTIVE)
    version = partnership.versions.get(number=number)
    text = tidy(text)
    if clause not in {one["key"] for one in version.clauses}:
        raise Unfit(_("Cette clause n’est pas dans cette version."), "clause")
    if not text or len(text) > LONGEST_COMMENT:
        raise Unfit(_("Écrivez quelques mots, %(most)s signes au plus.") % {"most": LONGEST_COMMENT}, "text")
    said = ClauseComment.objects.create(
        version=version, form_key=form_key, clause=clause, text=text, organisation=organisation, by=person
    )
    title = next(one["title"] for one in version.clauses if one["key"] == clause)
    record(partnership, What.COMMENT, by=person, organisation=organisation, text=title)
    return said


def _write(
    partnership: Partnership, draft: Draft, *, form_key: UUID, by: Person | None, organisation: Organisation | None
) -> ConventionVersion:
    latest = latest_of(partnership)
    return ConventionVersion.objects.create(
        partnership=partnership,
        number=latest.number + 1 if latest else 1,
        form_key=form_key,
        form=draft.form,
        clauses=[{"key": key, "title": title, "text": text} for key, title, text in draft.clauses],
        commitments=[_promise_row(promise) for promise in draft.promises],
        rights=rights_of(partnership.offer).as_plain(),
        parties=_parties(partnership),
        granted_cents=partnership.granted_cents,
        in_kind_cents=draft.in_kind_cents,
        in_kind_text=draft.in_kind_text,
        starts=draft.starts,
        ends=draft.ends,
        review_on=draft.review_on,
        amends=signed_of(partnership) if partnership.state == State.ACTIVE else None,
        note=draft.note,
        written_by=by,
        organisation=organisation,
    )


def _sign(partnership: Partnership, version: ConventionVersion, person: Person) -> None:
    """Everybody has agreed: what it says is what holds from now on."""
    is_first = partnership.state == State.PREPARING
    if is_first:
        check_course(partnership, State.ACTIVE)
        partnership.state, partnership.signed_on = State.ACTIVE, localdate()
    ConventionVersion.objects.filter(pk=version.pk).update(signed_at=timezone.now())
    for name in ("in_kind_cents", "in_kind_text", "starts", "ends", "review_on"):
        setattr(partnership, name, getattr(version, name))
    partnership.save()
    _follow(partnership, version)
    record(partnership, What.SIGNED if is_first else What.AMENDED, by=person, text=str(version.number))


def _follow(partnership: Partnership, version: ConventionVersion) -> None:
    """The commitments of a signed version, to be ticked; what it leaves out is kept, and dropped."""
    kept = []
    for position, row in enumerate(version.commitments):
        kept.append(row["key"])
        Commitment.objects.update_or_create(
            partnership=partnership,
            key=row["key"],
            defaults={
                "bearer": row["bearer"],
                "measure": row["measure"],
                "text": row["text"],
                "quantity": row["quantity"],
                "due": row["due"] and date.fromisoformat(row["due"]),
                "is_dropped": False,
                "position": position,
            },
        )
    partnership.commitments.exclude(key__in=kept).update(is_dropped=True)


def _check_draft(partnership: Partnership, draft: Draft) -> None:
    """Raises Unfit for what could not be agreed to."""
    if draft.form not in Form.values:
        raise Unfit(_("Choisissez un pacte simple ou une convention."), "form")
    if draft.starts and draft.ends and draft.ends < draft.starts:
        raise Unfit(_("La fin vient avant le début. Vérifiez les deux dates."), "ends")
    if draft.review_on and draft.starts and draft.review_on < draft.starts:
        raise Unfit(_("Ce point aurait lieu avant le début. Choisissez une date plus tard."), "review_on")
    keys = [key for key, _title, _text in draft.clauses]
    if len(set(keys)) != len(keys) or len(keys) > MOST_CLAUSES:
        raise Unfit(_("Il y a trop de clauses, ou deux fois la même."))
    told = {key for key, title, text in draft.clauses if title and text}
    missing = required_keys(partnership.offer.kinds, draft.form) - told
    if missing:
        titles = {clause.key: clause.title for clause in clauses_for(partnership.offer.kinds, draft.form)}
        names = ", ".join(f"« {titles[key]} »" for key in titles if key in missing)
        raise Unfit(_("Ces clauses ne peuvent pas rester vides : %(names)s.") % {"names": names})
    if any(len(text) > LONGEST_CLAUSE for _key, _title, text in draft.clauses):
        raise Unfit(_("Une clause est trop longue : %(most)s signes au plus.") % {"most": LONGEST_CLAUSE})
    if len(draft.promises) > MOST_COMMITMENTS:
        raise Unfit(_("Il y a trop d’engagements : %(most)s au plus.") % {"most": MOST_COMMITMENTS})
    if draft.form == Form.PACT and _is_above(partnership, draft):
        raise Unfit(_above_sentence(), "form")


def _is_above(partnership: Partnership, terms: Draft | ConventionVersion) -> bool:
    total = partnership.granted_cents + terms.in_kind_cents
    return most_in_a_year(partnership, cents=total, starts=terms.starts, ends=terms.ends) > CONVENTION_ABOVE_CENTS


def _above_sentence() -> str:
    return _(
        "Avec ce qui est donné en nature, une partie recevrait plus de 23 000 € par an de cette collectivité : la loi "
        "demande une convention. Choisissez « Convention »."
    )


def _tidied(draft: Draft) -> Draft:
    return Draft(
        form=draft.form,
        clauses=[(key, tidy(title), tidy(text)) for key, title, text in draft.clauses if tidy(title) or tidy(text)],
        promises=[
            Promise(
                bearer=Bearer(promise.bearer),
                measure=Measure(promise.measure),
                text=tidy(promise.text),
                quantity=promise.quantity,
                due=promise.due,
                key=promise.key,
            )
            for promise in draft.promises
        ],
        in_kind_cents=draft.in_kind_cents,
        in_kind_text=tidy(draft.in_kind_text),
        starts=draft.starts,
        ends=draft.ends,
        review_on=draft.review_on,
        note=tidy(draft.note),
    )


def _promise_row(promise: Promise) -> dict[str, Any]:
    return {
        "key": str(promise.key),
        "bearer": str(promise.bearer),
        "measure": str(promise.measure),
        "text": promise.text,
        "quantity": promise.quantity,
        "due": promise.due.isoformat() if promise.due else None,
    }


def _parties(partnership: Partnership) -> list[dict[str, str]]:
    roles = {party.organisation_id: party.role for party in partnership.parties.all()}
    return [
        {
            "uuid": str(side.uuid),
            "name": side.name,
            "form": side.legal_form,
            "number": side.siret or side.siren or side.rna,
            "role": str(roles.get(side.pk, "authority")),
        }
        for side in sides_of(partnership)
    ]


def _facts(partnership: Partnership) -> dict[str, str]:
    """What the library’s lines may name, where it is known."""
    offer, application = partnership.offer, partnership.application
    beneficiaries = [
        party.organisation.name
        for party in partnership.parties.all()
        if party.role == PartnershipParty.Role.BENEFICIARY
    ]
    facts = {
        "authority": partnership.authority.name,
        "collective": _joined(beneficiaries),
        "title": partnership.title,
        "offer": offer.title,
        "purpose": application.purpose,
        "brings": application.brings,
        "provides": offer.provides,
    }
    for resource in offer.resources.all():
        facts |= {
            name: str(value)
            for name, value in {
                "address": resource.address,
                "surface": resource.surface_m2,
                "capacity": resource.capacity,
                "equipment": resource.equipment,
                "opening": resource.opening,
                "licence": resource.get_licence_display() if resource.licence else "",
                "formats": resource.formats,
                "url": resource.url,
            }.items()
            if value
        }
    return facts


def _joined(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} et {last}" if first else last


def _a_year_after(day: date) -> date:
    return day + timedelta(days=364)
