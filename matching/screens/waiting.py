"""What waits for an organisation, the most urgent first: somebody waits, a date comes, something is new, a draft."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.catalogue.models import Listing, Need, Offer, Status
from matching.catalogue.unsent import unsent_of
from matching.catalogue.validity import answer_by
from matching.moderation.models import Case as Moderated
from matching.moderation.models import State as CaseState
from matching.organisations.models import Membership, Organisation
from matching.partnerships.models import Message, Transmission
from matching.screens.access import Desk
from matching.screens.applications.errands import application_errands
from matching.screens.calls.errands import call_errands
from matching.screens.errand import Errand, registered
from matching.screens.numbers import day
from matching.screens.partnerships.errands import partnership_errands
from matching.screens.proposals import Proposal
from matching.screens.register.errands import register_errands
from matching.suggestions.models import State, Suggestion

# Of each sort, and of listings: what comes after them waits its turn, and the lists below hold it.
_AT_MOST = 30
_UNSENT_AT_MOST = 3
_SOON = timedelta(days=14)
# Whoever did nothing about a decision for so long leaves it as it is.
_DECIDED_LATELY = timedelta(days=90)


def errands(desk: Desk) -> list[Errand]:
    """Everything that waits, in a fixed number of queries."""
    found = [
        *_to_mend(desk),
        *application_errands(desk),
        *call_errands(desk),
        *partnership_errands(desk),
        *register_errands(desk),
        *registered(desk),
        *_messages(desk),
        *_proposed(desk),
    ]
    if desk.manages:
        found += [*_requests(desk), *_guests(desk)]
    listings = _listings(desk)
    found += [*_questions(listings), *_dates(listings)]
    found += [*_transmissions(desk), *_suggestions(listings)]
    found += [*_unsent(desk), *_drafts(listings), *_host(desk)]
    return found


def listing_model(desk: Desk) -> type[Offer] | type[Need]:
    """What this organisation publishes."""
    return Offer if desk.organisation.is_authority else Need


def listing_url(listing: Listing, name: str = "desk") -> str:
    """A desk address of an offer (`offer_desk`, `offer_edit`…) or of a need."""
    kind = "offer" if isinstance(listing, Offer) else "need"
    return reverse(f"{kind}_{name}", args=[listing.organisation.slug, listing.uuid])


def _to_mend(desk: Desk) -> Iterator[Errand]:
    """What moderation hides or wants mended, until somebody here asks for another look."""
    decided = Moderated.objects.concerning(desk.organisation).filter(
        state__in=[CaseState.HIDDEN, CaseState.CORRECT],
        waits_since=None,
        decided_at__gt=now() - _DECIDED_LATELY,
    )
    for case in decided.order_by("-decided_at", "-pk")[:_AT_MOST]:
        yield Errand(
            icon="warning",
            title=case.title,
            note=_("Masqué par la modération. Lisez pourquoi, corrigez, puis demandez un nouvel examen.")
            if case.is_hidden
            else _("La modération demande une correction. Lisez laquelle, corrigez, puis demandez un nouvel examen."),
            action=_("Lire et corriger"),
            url=reverse("case", args=[desk.organisation.slug, case.uuid]),
            mark=_("à corriger"),
            tone="warn",
        )


def _messages(desk: Desk) -> Iterator[Errand]:
    threads = (
        Message.objects.unread_by(desk.membership)
        .values("suggestion__uuid", "suggestion__offer__title", "suggestion__need__title")
        .annotate(unread=Count("id"), latest=Max("sent_at"))
        .order_by("-latest")[:_AT_MOST]
    )
    for thread in threads:
        yield Errand(
            icon="message",
            title=ngettext("%(count)s message à lire", "%(count)s messages à lire", thread["unread"])
            % {"count": thread["unread"]},
            note=f"{thread['suggestion__need__title']} ↔ {thread['suggestion__offer__title']}",
            action=_("Lire et répondre"),
            url=reverse("thread", args=[thread["suggestion__uuid"]]),
            tone="info",
        )


def _transmissions(desk: Desk) -> Iterator[Errand]:
    """What was passed on to this person, or to this desk."""
    rows = (
        Transmission.objects.to(desk.membership)
        .unseen()
        .select_related("author", "organisation", "offer", "need", "suggestion__offer", "suggestion__need")
    )
    for row in rows[:_AT_MOST]:
        listing = row.offer or row.need
        if row.person_id and row.author:
            said, who = _("%(who)s vous transmet une annonce"), row.author.get_full_name()
        else:
            said, who = _("%(who)s vous transmet une annonce"), row.organisation.name
        yield Errand(
            icon="arrow",
            title=said % {"who": who},
            note=listing.title if listing else f"{row.suggestion.need.title} ↔ {row.suggestion.offer.title}",
            action=_("Regarder"),
            url=reverse("transmission", args=[row.uuid]),
            mark=_("à regarder"),
            tone="info",
        )


def _proposed(desk: Desk) -> Iterator[Errand]:
    """What people proposed to this organisation, and interest in it that nobody here has answered."""
    side, other = ("offer", "need") if desk.organisation.is_authority else ("need", "offer")
    # Words that this person has not read wait already.
    unread = Message.objects.unread_by(desk.membership).filter(suggestion=OuterRef("pk"))
    waiting = Suggestion.objects.standing().not_dismissed()
    waiting = waiting.filter(
        Q(proposed_at__isnull=False) & ~Q(proposed_from=side) | Q(**{f"{other}_state": State.INTERESTED}),
        ~Exists(unread),
        **{f"{side}__organisation": desk.organisation, f"{side}_state__in": [State.NEW, State.SEEN]},
    )
    rows = waiting.select_related("need__organisation", "offer__organisation", "proposed_by")
    for suggestion in rows.order_by(F("proposed_at").desc(nulls_last=True), "-id")[:_AT_MOST]:
        proposal = Proposal(suggestion, side)
        if proposal.is_proposed and suggestion.proposed_from != side:
            said, who = _("%(who)s vous propose un rapprochement"), proposal.proposed_by
        else:
            said, who = _("%(who)s est intéressé et attend votre réponse"), proposal.other.organisation.name
        yield Errand(
            icon="hand",
            title=said % {"who": who},
            note=f"{suggestion.need.title} ↔ {suggestion.offer.title}",
            action=_("Répondre"),
            url=reverse("thread", args=[suggestion.uuid]),
            mark=_("réponse attendue"),
            tone="warn",
        )


def _requests(desk: Desk) -> Iterator[Errand]:
    requests = (
        Membership.objects.waiting()
        .filter(organisation=desk.organisation)
        .select_related("person")
        .order_by("requested_at", "id")[:_AT_MOST]
    )
    for request in requests:
        yield Errand(
            icon="person",
            title=_("%(name)s demande à vous rejoindre") % {"name": request.person.get_full_name()},
            note=request.statement,
            action=_("Confirmer ou refuser"),
            url=reverse("members", args=[desk.organisation.slug]),
            mark=_("à confirmer"),
            tone="warn",
        )


def _guests(desk: Desk) -> Iterator[Errand]:
    """Collectives that say this organisation carries them."""
    guests = Organisation.objects.waiting_for_their_host().filter(host=desk.organisation)
    for guest in guests.order_by("updated_at", "id")[:_AT_MOST]:
        yield Errand(
            icon="collective",
            title=_("%(name)s dit être porté par vous") % {"name": guest.name},
            note=_("Confirmez ou refusez. En attendant, votre forme juridique ne lui sert pas."),
            action=_("Confirmer ou refuser"),
            url=reverse("members", args=[desk.organisation.slug]) + "#portes",
            mark=_("à confirmer"),
            tone="warn",
        )


def _host(desk: Desk) -> Iterator[Errand]:
    """The organisation that was named as carrier, as long as it has not answered. No query without one."""
    if desk.organisation.awaits_its_host:
        yield Errand(
            icon="clock",
            title=_("%(host)s n’a pas encore confirmé votre portage") % {"host": desk.organisation.host.name},
            note=_("D’ici là, votre page n’en dit rien et vous candidatez sous votre propre forme juridique."),
            action=_("Voir la demande"),
            url=reverse("members", args=[desk.organisation.slug]) + "#porteur",
            mark=_("en attente"),
        )


def _listings(desk: Desk) -> list[Any]:
    """The listings that ask for something, the most urgent first, in one query; `fresh`: how many new suggestions."""
    side, other = ("offer", "need") if desk.organisation.is_authority else ("need", "offer")
    # Where the other side is interested, it waits as such.
    unseen = (
        Suggestion.objects.by_matcher()
        .standing()
        .filter(**{side: OuterRef("pk"), f"{side}_state": State.NEW})
        .exclude(**{f"{other}_state__in": [State.DISMISSED, State.INTERESTED]})
        .order_by()
        .values(side)
        .annotate(count=Count("id"))
    )
    asked = Q(status__in=[Status.PUBLISHED, Status.PAUSED], asked_at__isnull=False)
    soon = localdate() + _SOON
    ending = Q(ends__lte=soon) | Q(closes__lte=soon) if desk.organisation.is_authority else Q(ends__lte=soon)
    new = Q(status=Status.PUBLISHED, fresh__gt=0)
    sort = Case(When(asked, then=0), When(Q(status=Status.PUBLISHED) & ending, then=1), When(new, then=2), default=3)
    return list(
        listing_model(desk)
        .objects.of(desk.organisation)
        .annotate(fresh=Coalesce(Subquery(unseen.values("count")), 0))
        .filter(asked | Q(status=Status.PUBLISHED) & ending | new | Q(status=Status.DRAFT))
        .select_related("organisation")
        .order_by(sort, "-updated_at", "id")[:_AT_MOST]
    )


def _questions(listings: list[Any]) -> Iterator[Errand]:
    """Listings that may no longer hold: asked about, or paused because nobody answered."""
    asked = [one for one in listings if one.asked_at and one.status in (Status.PUBLISHED, Status.PAUSED)]
    for listing in sorted(asked, key=lambda one: one.asked_at):
        until = answer_by(listing)
        yield Errand(
            icon="clock",
            title=_("« %(title)s » est-elle toujours valable ?") % {"title": listing.title},
            note=_("Sans réponse le %(day)s, elle sera mise en pause.") % {"day": day(until)}
            if until
            else _("Elle est en pause, faute de réponse. Un bouton suffit pour la publier de nouveau."),
            action=_("Répondre") if until else _("Publier de nouveau"),
            url=listing_url(listing) + "#validite",
            mark=_("à confirmer") if until else _("en pause"),
            tone="warn",
        )


def _suggestions(listings: list[Any]) -> Iterator[Errand]:
    """What nobody here has looked at."""
    fresh = [one for one in listings if one.fresh and one.is_published]
    for listing in sorted(fresh, key=lambda one: -one.fresh):
        yield Errand(
            icon="hand",
            title=ngettext("%(count)s nouveau rapprochement", "%(count)s nouveaux rapprochements", listing.fresh)
            % {"count": listing.fresh},
            note=listing.title,
            action=_("Regarder"),
            url=listing_url(listing),
            tone="info",
        )


def _dates(listings: list[Any]) -> Iterator[Errand]:
    today = localdate()
    ending = [one for one in listings if one.is_published and _ends(one) and last_day(one) <= today + _SOON]
    for listing in sorted(ending, key=last_day):
        last = last_day(listing)
        past = last < today
        yield Errand(
            icon="calendar",
            title=listing.title,
            note=(
                _("Terminé depuis le %(day)s : il n’est plus montré. Prolongez-le ou closez-le.")
                if past
                else _("Se termine le %(day)s. Prolongez-le si besoin.")
            )
            % {"day": day(last)},
            action=_("Prolonger ou clore"),
            url=listing_url(listing),
            mark=_("terminé") if past else _("bientôt fini"),
            tone="warn",
        )


def _ends(listing: Listing) -> list[date]:
    """Its closing days."""
    return [end for end in (listing.ends, getattr(listing, "closes", None)) if end]


def last_day(listing: Listing) -> date:
    """The first of its closing days."""
    return min(_ends(listing))


def _unsent(desk: Desk) -> Iterator[Errand]:
    """What this person has typed and not sent: nobody else sees it."""
    for row in unsent_of(desk.person, desk.organisation)[:_UNSENT_AT_MOST]:
        side = "need" if row.form == "need" else "offer"
        rest = [row.listing] if row.listing else ([row.form] if side == "offer" else [])
        address = reverse(f"{side}_{'edit' if row.listing else 'new'}", args=[desk.organisation.slug, *rest])
        yield Errand(
            icon="edit",
            title=row.title or _("Une annonce sans titre"),
            note=_("Commencé le %(day)s, pas encore envoyé. Vous seul le voyez.")
            % {"day": day(localtime(row.kept_at))},
            action=_("Reprendre"),
            url=f"{address}?reprendre={row.key}",
            mark=_("à reprendre"),
        )


def _drafts(listings: list[Any]) -> Iterator[Errand]:
    for draft in listings:
        if draft.status == Status.DRAFT:
            yield Errand(
                icon="edit",
                title=draft.title,
                note=_("Brouillon, que seule votre organisation voit."),
                action=_("Reprendre"),
                url=listing_url(draft, "edit"),
                mark=_("brouillon"),
            )


def is_past(listing: Listing) -> bool:
    """Whether its dates are behind us."""
    return bool(_ends(listing)) and last_day(listing) < localdate()
