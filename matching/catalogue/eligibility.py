"""May this collective ask for this offer? Rule by rule: green, orange (to be seen, or not known), red.

Pure: rules and answers in, findings out; screens say them in words. An answer that nobody gave is never red.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Case, When

from matching import geography
from matching.catalogue.models import Offer
from matching.catalogue.models.eligibility import Audience, EligibilityAnswers, EligibilityRule, RuleKind
from matching.geography import Place
from matching.organisations.models import LegalForm, Organisation
from matching.organisations.permissions import may_speak_for
from matching.organisations.services import NotAllowed
from matching.people.models import Person

#: Règlement (UE) 2023/2831: so many cents over three rolling years for one undertaking.
DE_MINIMIS_CEILING = 30_000_000

#: Nobody is asked to be older than a century.
MOST_MONTHS = 1200


class Light(StrEnum):
    GREEN = "green"
    ORANGE = "orange"
    RED = "red"


class Readiness(StrEnum):
    """Whether something that can still be done is done."""

    YES = "yes"
    LATER = "later"
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One condition. Facts that its kind does not need stay empty."""

    kind: str
    among: tuple[str, ...] = ()
    """Legal forms, audiences or slugs of themes."""
    most_cents: int | None = None
    months: int | None = None
    is_firm: bool = False
    place: Place | None = None
    place_name: str = ""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Rule:
        """A rule from as_plain()."""
        place = plain.get("place")
        return cls(**{**plain, "among": tuple(plain.get("among", ())), "place": Place(*place) if place else None})

    def as_plain(self) -> dict[str, Any]:
        """What it says, as plain values; what it does not say is left out."""
        said = {name: getattr(self, name) for name in ("kind", "most_cents", "months", "place_name")}
        said |= {"among": list(self.among), "place": list(self.place or ())}
        return {name: value for name, value in said.items() if value not in (None, "", [])} | (
            {"is_firm": True} if self.is_firm else {}
        )


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a collective says of itself and of its project; empty where it does not say."""

    legal_form: str = ""
    carrier_form: str = ""
    """Of who carries an informal group, and has said so."""
    place: Place | None = None
    place_name: str = ""
    audiences: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    budget_cents: int | None = None
    founded: date | None = None
    insured: str = ""
    committed: str = ""
    sells: bool | None = None
    received_cents: int | None = None
    """De minimis aid of the last three years."""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Answers:
        """Answers from as_plain()."""
        place, founded = plain.get("place"), plain.get("founded")
        lists = {name: tuple(plain.get(name, ())) for name in ("audiences", "themes")}
        return cls(
            **{
                **plain,
                **lists,
                "place": Place(*place) if place else None,
                "founded": date.fromisoformat(founded) if founded else None,
            }
        )

    def as_plain(self) -> dict[str, Any]:
        """What was answered, as plain values."""
        said: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                *("legal_form", "carrier_form", "place_name", "budget_cents"),
                *("insured", "committed", "sells", "received_cents"),
            )
        }
        said |= {
            "audiences": list(self.audiences),
            "themes": list(self.themes),
            "place": list(self.place or ()),
            "founded": self.founded.isoformat() if self.founded else "",
        }
        return {name: value for name, value in said.items() if value not in (None, "", [])}


#: What is the collective's own, the same for each of its projects: kept for the next check.
OF_THE_COLLECTIVE = ("founded", "insured", "committed", "sells", "received_cents")


@dataclass(frozen=True)
class Finding:
    """What one rule says: its light, the case that screens put into words, and what fills the words."""

    kind: str
    light: Light
    case: str
    params: Mapping[str, Any] = field(default_factory=dict)
    is_firm: bool = False

    @property
    def bars(self) -> bool:
        """Whether the officer's rule lets nobody file in this case."""
        return self.is_firm and self.light == Light.RED


@dataclass(frozen=True)
class Verdict:
    """All findings of one check, in the order of the rules."""

    findings: tuple[Finding, ...] = ()

    @property
    def light(self) -> Light:
        """The worst of them; green where nothing is asked."""
        lights = {finding.light for finding in self.findings}
        return next((light for light in (Light.RED, Light.ORANGE) if light in lights), Light.GREEN)

    @property
    def bars(self) -> bool:
        return any(finding.bars for finding in self.findings)

    def of(self, light: str) -> list[Finding]:
        """The findings of one light."""
        return [finding for finding in self.findings if finding.light == light]


def rules_of(offer: Offer) -> list[Rule]:
    """Every condition of a stored offer; no query where a queryset has fetched its rules and its territory."""
    rows = {row.kind: row for row in offer.eligibility_rules.all()}
    own = [
        Rule(
            kind=row.kind,
            among=tuple(row.among),
            most_cents=row.most_cents,
            months=row.months,
            is_firm=row.is_firm,
        )
        for row in rows.values()
        if row.kind not in (RuleKind.LEGAL_FORM, RuleKind.PERIMETER)
    ]
    firm = {kind for kind, row in rows.items() if row.is_firm}
    return in_order([*_of_the_offer(offer.legal_forms, offer.perimeter, firm), *own])


def written_rules(offer: Offer) -> list[Rule]:
    """The rules that have rows of their own, as a form or an import tells them."""
    return in_order(
        Rule(kind=row.kind, among=tuple(row.among), most_cents=row.most_cents, months=row.months, is_firm=row.is_firm)
        for row in offer.eligibility_rules.all()
    )


def told_rules(rules: Sequence[Rule], legal_forms: Sequence[str], perimeter: Any) -> list[Rule]:
    """The same as rules_of() of an offer that is being written."""
    firm = {rule.kind for rule in rules if rule.is_firm}
    own = [rule for rule in rules if rule.kind not in (RuleKind.LEGAL_FORM, RuleKind.PERIMETER)]
    return in_order([*_of_the_offer(legal_forms, perimeter, firm), *own])


def in_order(rules: Any) -> list[Rule]:
    """Rules in the order in which people read them."""
    return sorted(rules, key=lambda rule: RuleKind.values.index(rule.kind))


def _of_the_offer(legal_forms: Sequence[str], perimeter: Any, firm: set[str]) -> list[Rule]:
    rules = []
    if legal_forms:
        kind = RuleKind.LEGAL_FORM
        rules.append(Rule(kind=kind, among=tuple(legal_forms), is_firm=kind in firm))
    if perimeter:
        kind = RuleKind.PERIMETER
        rules.append(
            Rule(
                kind=kind,
                place=Place(perimeter.level, perimeter.code),
                place_name=perimeter.name,
                is_firm=kind in firm,
            )
        )
    return rules


def check_eligibility(rules: Sequence[Rule], answers: Answers, *, today: date, closes: date | None = None) -> Verdict:
    """What each rule says of these answers. closes: the last day to ask, for what comes with time."""
    return Verdict(tuple(replace(_finding(rule, answers, today, closes), is_firm=rule.is_firm) for rule in rules))


def _finding(rule: Rule, answers: Answers, today: date, closes: date | None) -> Finding:
    if rule.kind == RuleKind.AGE:
        return _age(rule, answers, today, closes)
    return _CHECKS[rule.kind](rule, answers)


def _legal_form(rule: Rule, answers: Answers) -> Finding:
    told = {"forms": rule.among, "form": answers.legal_form, "carrier": answers.carrier_form}
    if not answers.legal_form:
        return Finding(rule.kind, Light.ORANGE, "unknown", told)
    if answers.legal_form in rule.among:
        return Finding(rule.kind, Light.GREEN, "fits", told)
    is_informal = answers.legal_form == LegalForm.INFORMAL
    if is_informal and answers.carrier_form in rule.among:
        return Finding(rule.kind, Light.GREEN, "carried", told)
    return Finding(rule.kind, Light.RED, "informal" if is_informal else "other", told)


def _perimeter(rule: Rule, answers: Answers) -> Finding:
    told = {"asked": rule.place_name, "place": answers.place_name}
    table = geography.load()
    asked = table.resolve(*rule.place) if rule.place else None
    place = table.resolve(*answers.place) if answers.place else None
    if asked is None or place is None:
        return Finding(rule.kind, Light.ORANGE, "unknown", told)
    if table.contains(asked, place):
        return Finding(rule.kind, Light.GREEN, "fits", told)
    if table.overlaps(asked, place):
        return Finding(rule.kind, Light.ORANGE, "wider", told)
    return Finding(rule.kind, Light.RED, "apart", told)


def _audience(rule: Rule, answers: Answers) -> Finding:
    told = {"audiences": rule.among, "said": answers.audiences}
    if not answers.audiences:
        return Finding(rule.kind, Light.ORANGE, "unknown", told)
    if set(answers.audiences) & set(rule.among):
        return Finding(rule.kind, Light.GREEN, "fits", told)
    if Audience.EVERYBODY in answers.audiences:
        return Finding(rule.kind, Light.ORANGE, "everybody", told)
    return Finding(rule.kind, Light.RED, "other", told)


def _theme(rule: Rule, answers: Answers) -> Finding:
    told = {"themes": rule.among, "said": answers.themes}
    if not answers.themes:
        return Finding(rule.kind, Light.ORANGE, "unknown", told)
    pairs = [(asked, said) for asked in rule.among for said in answers.themes]
    if any(said == asked or said.startswith(f"{asked}/") for asked, said in pairs):
        return Finding(rule.kind, Light.GREEN, "fits", told)
    if any(asked.startswith(f"{said}/") for asked, said in pairs):
        return Finding(rule.kind, Light.ORANGE, "wider", told)
    return Finding(rule.kind, Light.RED, "other", told)


def _budget(rule: Rule, answers: Answers) -> Finding:
    told = {"most": rule.most_cents, "budget": answers.budget_cents}
    if answers.budget_cents is None or rule.most_cents is None:
        return Finding(rule.kind, Light.ORANGE, "unknown", told)
    fits = answers.budget_cents <= rule.most_cents
    return Finding(rule.kind, Light.GREEN, "fits", told) if fits else Finding(rule.kind, Light.RED, "over", told)


def _age(rule: Rule, answers: Answers, today: date, closes: date | None) -> Finding:
    months = rule.months or 0
    if answers.founded is None:
        return Finding(rule.kind, Light.ORANGE, "unknown", {"months": months})
    since = _after(answers.founded, months)
    told = {"months": months, "since": since}
    if since <= today:
        return Finding(rule.kind, Light.GREEN, "fits", told)
    in_time = closes is not None and since <= closes
    return Finding(rule.kind, Light.ORANGE, "soon", told) if in_time else Finding(rule.kind, Light.RED, "young", told)


def _insurance(rule: Rule, answers: Answers) -> Finding:
    return _ready(rule, answers.insured)


def _commitment(rule: Rule, answers: Answers) -> Finding:
    return _ready(rule, answers.committed)


def _ready(rule: Rule, said: str) -> Finding:
    lights = {Readiness.YES: Light.GREEN, Readiness.NO: Light.RED}
    return Finding(rule.kind, lights.get(Readiness(said), Light.ORANGE) if said else Light.ORANGE, said or "unknown")


def _de_minimis(rule: Rule, answers: Answers) -> Finding:
    received = answers.received_cents
    told = {"ceiling": DE_MINIMIS_CEILING, "left": max(0, DE_MINIMIS_CEILING - (received or 0))}
    if answers.sells is False:
        return Finding(rule.kind, Light.GREEN, "unconcerned", told)
    if answers.sells is None:
        return Finding(rule.kind, Light.ORANGE, "unknown", told)
    if received is None:
        return Finding(rule.kind, Light.ORANGE, "add_up", told)
    fits = received < DE_MINIMIS_CEILING
    return Finding(rule.kind, Light.GREEN, "fits", told) if fits else Finding(rule.kind, Light.RED, "over", told)


_CHECKS: dict[str, Callable[[Rule, Answers], Finding]] = {
    RuleKind.LEGAL_FORM: _legal_form,
    RuleKind.PERIMETER: _perimeter,
    RuleKind.AUDIENCE: _audience,
    RuleKind.THEME: _theme,
    RuleKind.BUDGET: _budget,
    RuleKind.INSURANCE: _insurance,
    RuleKind.COMMITMENT: _commitment,
    RuleKind.DE_MINIMIS: _de_minimis,
}


def _after(day: date, months: int) -> date:
    """So many months later; the last day of a month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def answers_of(organisation: Organisation, offer: Offer) -> Answers:
    """What is known of a collective before this offer: its page, who carries it, what it last answered. One query.

    What it answered for another offer counts where it is the same for each of its projects.
    """
    rows = EligibilityAnswers.objects.filter(organisation=organisation)
    is_other = Case(When(offer=offer, then=0), default=1)
    row = rows.order_by(is_other, "-updated_at", "-pk").first()
    said = row.said if row else {}
    if row and row.offer_id != offer.pk:
        said = {name: said[name] for name in OF_THE_COLLECTIVE if name in said}
    answers, carrier = Answers.from_plain(said), organisation.carrier
    territory = organisation.exact_territory or organisation.territory
    if territory and not answers.place:
        answers = replace(answers, place=Place(territory.level, territory.code), place_name=territory.name)
    return replace(
        answers,
        legal_form=organisation.legal_form,
        carrier_form=carrier.legal_form if organisation.is_informal and carrier else "",
    )


@transaction.atomic
def remember_answers(
    *, organisation: Organisation, offer: Offer, person: Person, answers: Answers
) -> EligibilityAnswers:
    """Keep what a collective answered for this offer. Raises NotAllowed."""
    if organisation.is_authority or not may_speak_for(person, organisation):
        raise NotAllowed
    row, _is_new = EligibilityAnswers.objects.update_or_create(
        organisation=organisation, offer=offer, defaults={"said": answers.as_plain()}
    )
    return row


def verdict_for(organisation: Organisation, offer: Offer, today: date) -> Verdict:
    """What the conditions of this offer say of a collective, by what is known of it."""
    rules = rules_of(offer)
    if not rules:
        return Verdict()
    return check_eligibility(rules, answers_of(organisation, offer), today=today, closes=offer.closes)


def write_rules(offer: Offer, rules: Sequence[Rule]) -> None:
    """Make these the rules of an offer; only write_offer() calls it."""
    offer.eligibility_rules.all().delete()
    EligibilityRule.objects.bulk_create(
        EligibilityRule(
            offer=offer,
            kind=rule.kind,
            among=list(rule.among),
            most_cents=rule.most_cents,
            months=rule.months,
            is_firm=rule.is_firm,
        )
        for rule in in_order(rules)
    )
