"""The mail that tells a person what waits: its lines, in the reader's language, and its headers."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.catalogue.models import Need, Offer
from matching.catalogue.querysets import ListingQuerySet
from matching.catalogue.validity import answer_by, answer_token, was_paused_unanswered
from matching.moderation.models import Step
from matching.notices import partnership_lines, subjects
from matching.notices.lines import Line, absolute, one_line
from matching.notices.models import Notice
from matching.organisations.models import Membership, Organisation
from matching.partnerships.models import Message, Reading, Transmission
from matching.people.models import Person
from matching.suggestions.models import Proposer, State, Suggestion
from matching.suggestions.permissions import SIDES, listing_of, organisation_of, other_side

_DECIDED = {
    Step.Kind.NOTHING: gettext_lazy("« %(title)s » a été signalé. Nous l’avons examiné : il n’y a rien à changer."),
    Step.Kind.CORRECT: gettext_lazy("« %(title)s » a été signalé : nous vous demandons de corriger un point."),
    Step.Kind.HIDDEN: gettext_lazy("« %(title)s » est masqué par la modération. Lisez pourquoi, et comment contester."),
    Step.Kind.RESTORED: gettext_lazy("« %(title)s » est rétabli : tout le monde le voit de nouveau."),
    Step.Kind.UNDONE: gettext_lazy("Nous avons annulé notre décision au sujet de « %(title)s »."),
}
_TO_ANSWER = (Step.Kind.CORRECT, Step.Kind.HIDDEN)
# A mail is read in a minute; the desk holds the rest.
_MOST_LISTINGS = 5
_MOST_TITLES = 3


class Mail(EmailMultiAlternatives):
    """A mail that remembers which suggestions it names, by the side that reads them."""

    shown: tuple[Line, ...] = ()


def mail_for(person: Person, notices: Sequence[Notice], stop_token: str) -> Mail | None:
    """One mail for these notices; None if none of them has anything left to say.

    The same notices give the same Message-ID. No header and no line holds anybody else's address.
    """
    with translation.override(person.language):
        lines = list(_lines(person, [(notice.kind, notice.subject) for notice in notices]))
        if not lines:
            return None
        is_owed = notices[0].is_owed
        stop_url = "" if is_owed else absolute("unsubscribe", stop_token)
        context = {
            "name": one_line(person.get_short_name()),
            "lines": lines,
            "why": _("Vous recevez cet e-mail parce que vous agissez pour l’organisation concernée.")
            if is_owed
            else _why(person),
            "stop_url": stop_url,
            "preferences_url": absolute("preferences"),
            "language": person.language,
        }
        mail = Mail(
            subject=_subject(lines),
            body=render_to_string("notices/mail.txt", context),
            to=[person.email],
            headers={
                "Message-ID": _message_id(notices),
                **({} if is_owed else _list_headers(stop_url)),
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.shown = tuple(line for line in lines if line.suggestions)
        mail.attach_alternative(render_to_string("notices/mail.html", context), "text/html")
    return mail


def _list_headers(stop_url: str) -> dict[str, str]:
    """RFC 8058: one click, and it stops."""
    return {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _subject(lines: Sequence[Line]) -> str:
    others = len(lines) - 1
    if not others:
        return one_line(lines[0].text, 150)
    if lines[0].is_awaited:
        said = ngettext("%(first)s Et %(count)s autre nouvelle", "%(first)s Et %(count)s autres nouvelles", others)
        return said % {"first": one_line(lines[0].text, 150), "count": others}
    return _("%(count)s nouvelles de vos partenariats") % {"count": len(lines)}


def _why(person: Person) -> str:
    """For whom the reader acts, and how often they asked to hear of it."""
    names = Membership.objects.confirmed().filter(person=person).order_by("organisation__name", "pk")
    found = [one_line(name) for name in names.values_list("organisation__name", flat=True)]
    rhythm = {
        Person.Notify.DAILY: _("une fois par jour"),
        Person.Notify.WEEKLY: _("une fois par semaine"),
    }.get(Person.Notify(person.notify), _("au fil de l’eau"))
    if not found:
        return _("Vous recevez cet e-mail, %(rhythm)s, parce que vous avez un compte ici.") % {"rhythm": rhythm}
    shown = ", ".join(found[:_MOST_TITLES]) + ("…" if len(found) > _MOST_TITLES else "")
    said = _("Vous recevez cet e-mail, %(rhythm)s, parce que vous agissez pour %(organisations)s.")
    return said % {"rhythm": rhythm, "organisations": shown}


def _lines(person: Person, told: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """What is still worth telling, what somebody waits for first, in a fixed number of queries.

    Desks that the person has left stay silent.
    """
    memberships = Membership.objects.confirmed().filter(person=person)
    desks = set(memberships.values_list("organisation_id", flat=True))
    by_kind = {name: [subject for kind, subject in told if kind == name] for name in Notice.Kind.values}
    yield from _decisions(by_kind[Notice.Kind.MODERATION], desks)
    yield from _requests(by_kind[Notice.Kind.MEMBERSHIP], person)
    yield from _guests(by_kind[Notice.Kind.GUEST], person, desks)
    yield from partnership_lines.parties(by_kind[Notice.Kind.PARTY], desks)
    yield from partnership_lines.namings(by_kind[Notice.Kind.APPLICATION], person)
    yield from partnership_lines.moves(by_kind[Notice.Kind.APPLICATION], desks)
    yield from partnership_lines.remarks(by_kind[Notice.Kind.APPLICATION], desks)
    yield from partnership_lines.partnerships(by_kind[Notice.Kind.PARTNERSHIP], desks)
    yield from partnership_lines.owed(by_kind[Notice.Kind.REMINDER], person, desks)
    yield from _messages(by_kind[Notice.Kind.MESSAGE], by_kind[Notice.Kind.REMINDER], person, desks)
    yield from _proposals(by_kind[Notice.Kind.PROPOSAL], desks)
    yield from _transmissions(by_kind[Notice.Kind.TRANSMISSION], person, desks)
    yield from _first_ones(list(_questions(by_kind[Notice.Kind.VALIDITY], person, desks)))
    yield from _first_ones(list(_pauses(by_kind[Notice.Kind.PAUSED], desks)))
    yield from _confirmations(by_kind[Notice.Kind.CONFIRMED], desks)
    suggestions = list(_suggestions(by_kind[Notice.Kind.SUGGESTIONS], desks))
    yield from suggestions[:_MOST_LISTINGS]
    if rest := len(suggestions[_MOST_LISTINGS:]):
        said = ngettext(
            "%(count)s autre annonce a de nouveaux rapprochements.",
            "%(count)s autres annonces ont de nouveaux rapprochements.",
            rest,
        )
        yield Line(said % {"count": rest}, absolute("desk"))


def _messages(told: list[str], reminded: list[str], person: Person, desks: set[int]) -> Iterator[Line]:
    """One line for each conversation whose last word this person has not read, or that nobody answers although they
    were to be reminded; what a colleague answered waits no more."""
    read = Exists(Reading.objects.filter(message=OuterRef("pk"), person=person))
    written = (
        Message.objects.filter(suggestion__in=subjects.keys(told + reminded, subjects.THREAD))
        .annotate(is_read=read)
        .select_related("suggestion__need__organisation", "suggestion__offer__organisation")
        .order_by("suggestion_id", "sent_at", "id")
    )
    last = {message.suggestion_id: message for message in written}
    for message in last.values():
        suggestion, reader = message.suggestion, other_side(message.side)
        subject = subjects.of_thread(suggestion, reader)
        if organisation_of(suggestion, reader).pk not in desks or suggestion.is_dismissed:
            continue
        if subject in reminded:
            said = _(
                "%(writer)s attend votre réponse au sujet de « %(title)s ». Un mot suffit, même pour dire non."
            ) % {
                "writer": one_line(organisation_of(suggestion, message.side).name),
                "title": one_line(listing_of(suggestion, reader).title),
            }
            yield Line(said, absolute("thread", suggestion.uuid), is_awaited=True)
        elif subject in told and not message.is_read:
            said = _("%(writer)s vous a écrit au sujet de « %(title)s ».") % {
                "writer": one_line(organisation_of(suggestion, message.side).name),
                "title": one_line(listing_of(suggestion, reader).title),
            }
            yield Line(said, absolute("thread", suggestion.uuid))


def _proposals(told: list[str], desks: set[int]) -> Iterator[Line]:
    """What people proposed and the side that reads has not looked at."""
    found = Suggestion.objects.filter(pk__in=subjects.keys(told, subjects.THREAD)).by_people().standing()
    rows = found.not_dismissed().select_related("need__organisation", "offer__organisation", "proposed_by")
    for suggestion in rows.order_by("pk"):
        for side in SIDES:
            ours = organisation_of(suggestion, side).pk in desks and subjects.of_thread(suggestion, side) in told
            if ours and getattr(suggestion, f"{side}_state") == State.NEW:
                said = _("%(proposer)s vous propose de rapprocher « %(own)s » et « %(other)s ».") % {
                    "proposer": one_line(_proposer(suggestion)),
                    "own": one_line(listing_of(suggestion, side).title),
                    "other": one_line(listing_of(suggestion, other_side(side)).title),
                }
                yield Line(said, absolute("thread", suggestion.uuid))


def _proposer(suggestion: Suggestion) -> str:
    if suggestion.proposed_from == Proposer.STAFF:
        return _("L’équipe du service")
    return organisation_of(suggestion, suggestion.proposed_from).name


def _transmissions(told: list[str], person: Person, desks: set[int]) -> Iterator[Line]:
    """What was passed on to this person or to one of their desks, and nobody has opened."""
    rows = Transmission.objects.unseen().filter(pk__in=subjects.keys(told, subjects.TRANSMISSION), desk__in=desks)
    for row in rows.select_related("organisation", "author").order_by("pk"):
        if row.person_id in (None, person.pk):
            who = row.author.get_full_name() if row.person_id and row.author else row.organisation.name
            said = _("%(who)s vous transmet une annonce à regarder.") % {"who": one_line(who)}
            yield Line(said, absolute("transmission", row.uuid))


def _decisions(told: list[str], desks: set[int]) -> Iterator[Line]:
    """What moderation decided; what it took back before the mail left is told as taken back."""
    steps = Step.objects.standing().filter(pk__in=subjects.keys(told, subjects.MODERATION))
    for step in steps.select_related("case").order_by("pk"):
        ours = [row for row in step.case.organisations.order_by("name", "pk") if row.pk in desks]
        if ours:
            title = one_line(step.case.title)
            url = absolute("case", ours[0].slug, step.case.uuid)
            yield Line(_DECIDED[step.kind] % {"title": title}, url, is_awaited=step.kind in _TO_ANSWER)


def _suggestions(told: list[str], desks: set[int]) -> Iterator[Line]:
    offers = Offer.objects.filter(pk__in=subjects.keys(told, "offer"), organisation__in=desks)
    for offer, found in _with_unseen(offers, "offer"):
        said = ngettext(
            "%(count)s besoin pourrait rejoindre votre offre « %(title)s ».",
            "%(count)s besoins pourraient rejoindre votre offre « %(title)s ».",
            len(found),
        )
        yield _listing_line(said, found, offer, "offer")
    needs = Need.objects.filter(pk__in=subjects.keys(told, "need"), organisation__in=desks)
    for need, found in _with_unseen(needs, "need"):
        said = ngettext(
            "%(count)s offre pourrait répondre à votre besoin « %(title)s ».",
            "%(count)s offres pourraient répondre à votre besoin « %(title)s ».",
            len(found),
        )
        yield _listing_line(said, found, need, "need")


def _with_unseen(listings: ListingQuerySet, side: str) -> Iterator[tuple[Offer | Need, list[Suggestion]]]:
    """Published listings with the suggestions that nobody on that side has looked at, as its lists order them."""
    unseen = Suggestion.objects.filter(**{f"{side}__in": listings.published(), f"{side}_state": State.NEW})
    # What a person proposed is told as such.
    rows = unseen.by_matcher().standing().not_dismissed().select_related(f"{side}__organisation", other_side(side))
    in_order = rows.as_listed_for(side, f"{side}_id")
    for _key, found in groupby(in_order, key=lambda suggestion: listing_of(suggestion, side).pk):
        suggestions = list(found)
        yield listing_of(suggestions[0], side), suggestions


def _listing_line(said: str, found: list[Suggestion], listing: Offer | Need, side: str) -> Line:
    text = said % {"count": len(found), "title": one_line(listing.title)}
    url = absolute(f"{side}_desk", listing.organisation.slug, listing.uuid)
    return Line(text, url, suggestions=tuple(found[:_MOST_TITLES]), side=side)


def _requests(told: list[str], person: Person) -> Iterator[Line]:
    waiting = (
        Membership.objects.waiting()
        .filter(pk__in=subjects.keys(told, subjects.MEMBERSHIP))
        .select_related("person", "organisation")
        .order_by("pk")
    )
    for membership in waiting:
        organisation = membership.organisation
        said = _("%(name)s demande à agir pour %(organisation)s.") % {
            "name": one_line(membership.person.get_full_name()),
            "organisation": one_line(organisation.name),
        }
        page = ("membership_requests",) if person.is_staff else ("members", organisation.slug)
        yield Line(said, absolute(*page), is_awaited=True)


def _guests(told: list[str], person: Person, desks: set[int]) -> Iterator[Line]:
    waiting = Organisation.objects.waiting_for_their_host().filter(pk__in=subjects.keys(told, subjects.GUEST))
    for guest in waiting.select_related("host").order_by("pk"):
        if guest.host_id in desks or person.is_staff:
            said = _("%(guest)s dit être porté par %(host)s : à vous de le confirmer.") % {
                "guest": one_line(guest.name),
                "host": one_line(guest.host.name),
            }
            yield Line(said, absolute("members", guest.host.slug), is_awaited=True)


def _questions(told: list[str], person: Person, desks: set[int]) -> Iterator[Line]:
    """Listings whose question still stands; the address answers without signing in."""
    for listing in _listings(told, desks):
        until = answer_by(listing)
        if until is None:
            continue
        said = _("« %(title)s » est-elle toujours valable ? Sans réponse le %(day)s, nous mettrons l’annonce en pause.")
        text = said % {"title": one_line(listing.title), "day": date_format(until, "j F Y")}
        yield Line(text, absolute("still_valid", answer_token(listing, person)), is_awaited=True)


def _pauses(told: list[str], desks: set[int]) -> Iterator[Line]:
    for listing in filter(was_paused_unanswered, _listings(told, desks)):
        said = _("Faute de réponse, « %(title)s » est en pause. Un bouton suffit pour la publier de nouveau.")
        name = f"{listing._meta.model_name}_desk"
        url = absolute(name, listing.organisation.slug, listing.uuid)
        yield Line(said % {"title": one_line(listing.title)}, url, is_awaited=True)


def _first_ones(lines: list[Line]) -> Iterator[Line]:
    """The first lines of a kind, and how many others wait on the desk."""
    yield from lines[:_MOST_LISTINGS]
    if rest := len(lines[_MOST_LISTINGS:]):
        said = ngettext(
            "%(count)s autre annonce attend votre réponse.", "%(count)s autres annonces attendent votre réponse.", rest
        )
        yield Line(said % {"count": rest}, absolute("desk"), is_awaited=True)


def _listings(told: list[str], desks: set[int]) -> Iterator[Offer | Need]:
    """The offers and needs that notices speak of."""
    for model, name in ((Offer, "offer"), (Need, "need")):
        rows = model.objects.filter(pk__in=subjects.keys(told, name), organisation__in=desks)
        yield from rows.select_related("organisation").order_by("pk")


def _confirmations(told: list[str], desks: set[int]) -> Iterator[Line]:
    confirmed = (
        Membership.objects.confirmed()
        .filter(pk__in=subjects.keys(told, subjects.MEMBERSHIP), organisation__in=desks)
        .select_related("organisation")
        .order_by("pk")
    )
    for membership in confirmed:
        said = _("Vous pouvez maintenant agir pour %(organisation)s.")
        yield Line(said % {"organisation": one_line(membership.organisation.name)}, absolute("desk"))


def _message_id(notices: Sequence[Notice]) -> str:
    rows = ",".join(str(notice.pk) for notice in sorted(notices, key=lambda notice: notice.pk))
    digest = hashlib.sha256(rows.encode()).hexdigest()[:32]
    return f"<notices-{digest}@{urlsplit(settings.BASE_URL).hostname}>"
