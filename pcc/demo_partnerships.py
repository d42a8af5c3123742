"""What people of the demo world have agreed on since last year, each move through the service that people use.

A line of partnerships.jsonl is one application and its course. A move is made as on its own day, so that journals,
answer times and deadlines tell a plausible past.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from matching.catalogue.models import Need, Offer
from matching.notices.models import Notice
from matching.organisations.models import Organisation
from matching.organisations.services import confirm_membership, request_membership, set_numbers
from matching.partnerships import applications, conventions, following, register
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, ConventionVersion, Measure, Partnership
from matching.partnerships.snapshots import snapshot
from matching.people.models import Person

#: Who acts for an organisation, by its id in the demo's files; the first one acts where nobody is named.
Team = Mapping[str, list[Person]]
_OPENS = time(9, 30)
_DAYS = ("starts", "ends", "due", "next_on", "on", "given_on", "seen_on", "pays_from", "pays_until", "review_on")
_EUROS = {"asked": "asked_cents", "granted": "granted_cents", "in_kind": "in_kind_cents"}


@transaction.atomic
def join(members: Iterable[dict[str, Any]], *, source: str, administrator: Person) -> dict[str, list[Person]]:
    """Give organisations the people who act for them, and their official numbers where they have none."""
    team: dict[str, list[Person]] = {}
    for row in members:
        organisation = Organisation.objects.get(source=source, external_id=row["organisation"])
        person = _person(row["email"], row["name"])
        confirm_membership(
            membership=request_membership(person=person, organisation=organisation, statement=row["statement"]),
            by=administrator,
        )
        siret, rna = row.get("siret", ""), row.get("rna", "")
        if (siret or rna) and not (organisation.siret or organisation.rna):
            set_numbers(organisation=organisation, by=administrator, siret=siret, rna=rna)
        team.setdefault(row["organisation"], []).append(person)
    return team


@transaction.atomic
def write(rows: Iterable[dict[str, Any]], *, source: str, team: Team) -> None:
    """Make each application of these rows that does not exist yet, and what followed."""
    told = set(Notice.objects.values_list("pk", flat=True))
    for row in rows:
        key = uuid5(NAMESPACE_URL, f"{source}:{row['id']}")
        if not Application.objects.filter(form_key=key).exists():
            _Course(row, key, source, team).run()
    # What is past has been told: nobody's first mail is about last year.
    Notice.objects.filter(claimed_at=None).exclude(pk__in=told).delete()


@contextmanager
def as_on(day: date, minutes: int = 0) -> Iterator[None]:
    """The clock of that day, for whoever asks Django what time it is."""
    moment = datetime.combine(day, _OPENS, timezone.get_default_timezone()) + timedelta(minutes=minutes)
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


class _Course:
    """One application from its first draft on."""

    def __init__(self, row: dict[str, Any], key: UUID, source: str, team: Team) -> None:
        self.row, self.key, self.team = row, key, team
        self.offer = Offer.objects.get(source=source, external_id=row["offer"])
        self.need = Need.objects.get(source=source, external_id=row["need"]) if "need" in row else None
        self.collective = Organisation.objects.get(source=source, external_id=row["applicant"])
        self.authority = self.offer.organisation
        self.partnership: Partnership | None = None

    def run(self) -> None:
        """Make every move on its day."""
        with as_on(date.fromisoformat(self.row["begun"])):
            self.application = applications.begin(
                offer=self.offer,
                need=self.need,
                applicant=self.collective,
                person=self._person("collective"),
                facts=ApplicationFacts(**_typed(self.row["says"])),
                form_key=self.key,
            )
        for minutes, move in enumerate(self.row["course"]):
            values = dict(move)
            day, deed = date.fromisoformat(values.pop("day")), values.pop("do")
            side = values.pop("side", _SIDES.get(deed, "collective"))
            with as_on(day, minutes):
                _DEEDS[deed](self, side, _typed(values))

    def move(self, verb: Callable[..., Any], side: str, values: dict[str, Any]) -> None:
        """One of the verbs of an application."""
        if facts := values.pop("says", None):
            changed = ApplicationFacts(**_typed({**self.row["says"], **facts}))
            applications.write(application=self.application, person=self._person(side), facts=changed)
            self.application.refresh_from_db()
        if verb in (applications.file, applications.correct):
            values["filed"] = snapshot(self.application)
        person = self._person(side, values.pop("by", ""))
        done = verb(application=self.application, person=person, **values)
        self.partnership = done if isinstance(done, Partnership) else self.partnership
        self.application.refresh_from_db()

    def follow(self, verb: Callable[..., Any], side: str, values: dict[str, Any]) -> None:
        """One of the verbs of a partnership that either side has."""
        organisation = self.authority if side == "authority" else self.collective
        verb(partnership=self.partnership, organisation=organisation, person=self._person(side), **values)

    def keyed(self, verb: Callable[..., Any], side: str, values: dict[str, Any]) -> None:
        """The same, of a form that is sent once."""
        self.follow(verb, side, {**values, "form_key": uuid5(self.key, f"{timezone.now()}")})

    def decree(self, verb: Callable[..., Any], side: str, values: dict[str, Any]) -> None:
        """What only the authority says."""
        verb(partnership=self.partnership, person=self._person("authority"), **values)

    def rewrite(self, side: str, values: dict[str, Any]) -> None:
        """The next version of the convention: what is not told stays as it was."""
        latest = self._latest()
        texts = values.pop("clauses", {})
        promises = values.pop("promises", None)
        form = values.pop("form", latest.form)
        held = {row["key"]: (row["title"], row["text"]) for row in latest.clauses}
        library = conventions.library_texts(self._agreement(), form)
        same = {
            name: getattr(latest, name) for name in ("in_kind_cents", "in_kind_text", "starts", "ends", "review_on")
        }
        draft = conventions.Draft(
            form=form,
            clauses=[(key, title, texts.get(key, held.get(key, ("", text))[1])) for key, title, text in library],
            promises=[
                conventions.Promise(**{**_typed(promise), "key": self._promise(place)})
                for place, promise in enumerate(promises)
            ]
            if promises is not None
            else [_again(row) for row in latest.commitments],
            **{**same, **values},
        )
        self.keyed(conventions.write_version, side, {"draft": draft, "based_on": latest.number})

    def validate(self, side: str, values: dict[str, Any]) -> None:
        self.follow(conventions.validate, side, {"number": self._latest().number})

    def comment(self, side: str, values: dict[str, Any]) -> None:
        self.keyed(conventions.comment, side, {**values, "number": self._latest().number})

    def tick(self, side: str, values: dict[str, Any]) -> None:
        self.follow(following.tick, side, {"key": self._promise(values["promise"]), "kept": True})

    def give(self, side: str, values: dict[str, Any]) -> None:
        kept = self._promise(values.pop("promise")) if "promise" in values else None
        given_on = values.pop("given_on", timezone.localdate())
        self.keyed(following.give, side, {"quantity": None, **values, "given_on": given_on, "commitment": kept})

    def inspect(self, side: str, values: dict[str, Any]) -> None:
        self.keyed(following.inspect, side, {"seen_on": timezone.localdate(), "note": "", **values})

    def _person(self, side: str, email: str = "") -> Person:
        id = self.offer.organisation.external_id if side == "authority" else self.row["applicant"]
        return next(person for person in self.team[id] if email in ("", person.email))

    def _agreement(self) -> Partnership:
        if self.partnership is None:
            raise ValueError(f"{self.row['id']}: nothing was accepted")
        self.partnership.refresh_from_db()
        return self.partnership

    def _latest(self) -> ConventionVersion:
        return self._agreement().versions.latest("number")

    def _promise(self, place: int) -> UUID:
        return uuid5(self.key, f"promise {place}")


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a line as services take them: days, and euros in cents."""
    typed = {_EUROS.get(name, name): value * 100 if name in _EUROS else value for name, value in values.items()}
    if typed.get("measure") == Measure.EUROS and typed.get("quantity") is not None:
        typed["quantity"] *= 100
    return {name: date.fromisoformat(value) if name in _DAYS and value else value for name, value in typed.items()}


def _again(row: Mapping[str, Any]) -> conventions.Promise:
    """A commitment of the former version, as it stands there."""
    return conventions.Promise(**{**row, "due": row["due"] and date.fromisoformat(row["due"]), "key": UUID(row["key"])})


def _person(email: str, name: str) -> Person:
    """Their account; who cannot sign in wants no mails."""
    person = Person.objects.filter(email=email).first()
    return person or Person.objects.create_user(email, None, name=name, notify=Person.Notify.NEVER)


_Deed = Callable[[_Course, str, dict[str, Any]], None]


def _by(way: Callable[..., None], verb: Callable[..., Any]) -> _Deed:
    return lambda course, side, values: way(course, verb, side, values)


_DEEDS: dict[str, _Deed] = {
    "file": _by(_Course.move, applications.file),
    "correct": _by(_Course.move, applications.correct),
    "withdraw": _by(_Course.move, applications.withdraw),
    "ask_correction": _by(_Course.move, applications.ask_correction),
    "take_up": _by(_Course.move, applications.take_up),
    "accept": _by(_Course.move, applications.accept),
    "decline": _by(_Course.move, applications.decline),
    "close": _by(_Course.move, applications.close),
    "act": _by(_Course.decree, conventions.give_act),
    "notice": _by(_Course.decree, register.write_notice),
    "engagement": _by(_Course.follow, conventions.give_engagement),
    "review": _by(_Course.follow, following.review),
    "conciliate": _by(_Course.follow, following.conciliate),
    "assess": _by(_Course.follow, following.assess),
    "story": _by(_Course.follow, following.offer_story),
    "end": _by(_Course.follow, following.end),
    "write": _Course.rewrite,
    "validate": _Course.validate,
    "comment": _Course.comment,
    "tick": _Course.tick,
    "give": _Course.give,
    "inspect": _Course.inspect,
}
#: Where it is the authority's to do, or usually is.
_SIDES = dict.fromkeys(("ask_correction", "take_up", "accept", "decline", "close", "act", "notice"), "authority")
