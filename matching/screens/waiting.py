"""What waits for an organisation, first things first: messages, requests, suggestions, dates, drafts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.catalogue.models import Listing, Need, Offer, Status
from matching.catalogue.unsent import unsent_of
from matching.catalogue.validity import answer_by
from matching.organisations.models import Membership, Organisation
from matching.partnerships.models import Message, Transmission
from matching.screens.access import Desk
from matching.screens.numbers import day
from matching.screens.proposals import Proposal
from matching.suggestions.models import State, Suggestion

# Enough to know what to do next; the lists below hold the rest.
_AT_MOST = 6
_UNSENT_AT_MOST = 3
_SOON = timedelta(days=14)


@dataclass(frozen=True)
class Errand:
    """One thing to do: its icon, its words, where to do it, and how it presses ("warn", "info" or "")."""

    icon: str
    title: str
    note: str
    url: str
    mark: str = ""
    tone: str = ""


def errands(desk: Desk) -> list[Errand]:
    """Everything that waits, in a fixed number of queries."""
    found = [*_messages(desk)]
    if desk.manages:
        found += [*_requests(desk), *_guests(desk)]
    found += _host(desk)
    found += [*_transmissions(desk), *_proposed(desk)]
    found += [*_questions(desk), *_suggestions(desk), *_dates(desk), *_unsent(desk), *_drafts(desk)]
    return found


def listing_model(desk: Desk) -> type[Offer] | type[Need]:
    """What this organisation publishes."""
    return Offer if desk.organisation.is_authority else Need


def listing_url(listing: Listing, name: str = "desk") -> str:
    """A desk address of an offer (`offer_desk`, `offer_edit`…) or of a need."""
    kind = "offer" if isinstance(listing, Offer) else "need"
    return reverse(f"{kind}_{name}", args=[listing.organisation.slug, listing.uuid])


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
            url=reverse("thread", args=[thread["suggestion__uuid"]]),
            mark=_("à lire"),
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
            url=reverse("transmission", args=[row.uuid]),
            mark=_("à regarder"),
            tone="info",
        )


def _proposed(desk: Desk) -> Iterator[Errand]:
    """What people proposed to this organisation, and nobody here has answered."""
    side = "offer" if desk.organisation.is_authority else "need"
    waiting = Suggestion.objects.by_people().standing().not_dismissed().exclude(proposed_from=side)
    # Where words came with it, they wait already.
    waiting = waiting.filter(
        messages__isnull=True,
        **{f"{side}__organisation": desk.organisation, f"{side}_state__in": [State.NEW, State.SEEN]},
    )
    rows = waiting.select_related("need__organisation", "offer__organisation", "proposed_by")
    for suggestion in rows.order_by("-proposed_at", "-id")[:_AT_MOST]:
        proposal = Proposal(suggestion, side)
        yield Errand(
            icon="hand",
            title=_("%(who)s vous propose un rapprochement") % {"who": proposal.proposed_by},
            note=f"{suggestion.need.title} ↔ {suggestion.offer.title}",
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
            url=reverse("members", args=[desk.organisation.slug]) + "#porteur",
            mark=_("en attente"),
        )


def _questions(desk: Desk) -> Iterator[Errand]:
    """Listings that may no longer hold: asked about, or paused because nobody answered."""
    asked = (
        listing_model(desk)
        .objects.of(desk.organisation)
        .filter(status__in=[Status.PUBLISHED, Status.PAUSED], asked_at__isnull=False)
        .select_related("organisation")
        .order_by("asked_at", "id")[:_AT_MOST]
    )
    for listing in asked:
        until = answer_by(listing)
        yield Errand(
            icon="clock",
            title=_("« %(title)s » est-elle toujours valable ?") % {"title": listing.title},
            note=_("Sans réponse le %(day)s, elle sera mise en pause.") % {"day": day(until)}
            if until
            else _("Elle est en pause, faute de réponse. Un bouton suffit pour la publier de nouveau."),
            url=listing_url(listing) + "#validite",
            mark=_("à confirmer") if until else _("en pause"),
            tone="warn",
        )


def _suggestions(desk: Desk) -> Iterator[Errand]:
    side = "offer" if desk.organisation.is_authority else "need"
    counted = (
        listing_model(desk)
        .objects.of(desk.organisation)
        .published()
        .annotate(
            fresh=Count(
                "suggestions",
                filter=Q(
                    **{f"suggestions__{side}_state": State.NEW},
                    suggestions__withdrawn_at__isnull=True,
                    suggestions__proposed_at__isnull=True,
                )
                & ~Q(suggestions__need_state=State.DISMISSED)
                & ~Q(suggestions__offer_state=State.DISMISSED),
            )
        )
        .filter(fresh__gt=0)
        .select_related("organisation")
        .order_by("-fresh", "id")[:_AT_MOST]
    )
    for listing in counted:
        yield Errand(
            icon="hand",
            title=ngettext("%(count)s nouveau rapprochement", "%(count)s nouveaux rapprochements", listing.fresh)
            % {"count": listing.fresh},
            note=listing.title,
            url=listing_url(listing),
            mark=_("nouveau"),
            tone="info",
        )


def _dates(desk: Desk) -> Iterator[Errand]:
    today = localdate()
    soon = today + _SOON
    ending = Q(ends__lte=soon) | Q(closes__lte=soon) if desk.organisation.is_authority else Q(ends__lte=soon)
    listings = (
        listing_model(desk)
        .objects.of(desk.organisation)
        .published()
        .filter(ending)
        .select_related("organisation")
        .order_by("ends", "id")[:_AT_MOST]
    )
    for listing in listings:
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
            url=listing_url(listing),
            mark=_("terminé") if past else _("bientôt fini"),
            tone="warn",
        )


def last_day(listing: Listing) -> date:
    """The first of its closing days."""
    return min(end for end in (listing.ends, getattr(listing, "closes", None)) if end)


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
            url=f"{address}?reprendre={row.key}",
            mark=_("à reprendre"),
        )


def _drafts(desk: Desk) -> Iterator[Errand]:
    drafts = (
        listing_model(desk)
        .objects.of(desk.organisation)
        .filter(status=Status.DRAFT)
        .select_related("organisation")
        .order_by("-updated_at", "id")[:_AT_MOST]
    )
    for draft in drafts:
        yield Errand(
            icon="edit",
            title=draft.title,
            note=_("Brouillon, que seule votre organisation voit."),
            url=listing_url(draft, "edit"),
            mark=_("brouillon"),
        )


def is_past(listing: Listing) -> bool:
    """Whether its dates are behind us."""
    ends = [end for end in (listing.ends, getattr(listing, "closes", None)) if end]
    return bool(ends) and min(ends) < localdate()
