"""What waits for an organisation, the most urgent first: somebody waits, a date comes, something is new, a draft."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KT
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
from matching.people.models import Person
from matching.screens.access import Desk
from matching.screens.applications.errands import application_errands, asked_parties, files_to_answer
from matching.screens.calls.errands import call_errands, calls_to_assess
from matching.screens.errand import Errand, registered
from matching.screens.gathering import AT_MOST, Row, Sort, gathered, time_of
from matching.screens.numbers import day
from matching.screens.partnerships.errands import partnership_errands, partnerships_waiting
from matching.screens.proposals import Proposal
from matching.screens.register.errands import grants_to_complete, register_errands
from matching.suggestions.models import State, Suggestion

_UNSENT_AT_MOST = 3
_SOON = timedelta(days=14)
# Whoever did nothing about a decision for so long leaves it as it is.
_DECIDED_LATELY = timedelta(days=90)


def errands(desk: Desk, threads: list[Row] | None = None) -> list[Errand]:
    """Everything that waits, in a fixed number of queries. threads: unread_threads(), where they are known already."""
    threads = unread_threads(desk) if threads is None else threads
    others = registered(desk)
    rows = gathered([*_sorts(desk), *(sort for sort, _said in others)])
    found = [
        *_to_mend(desk, rows["moderated"]),
        *application_errands(desk, rows["asked"], rows["said"]),
        *call_errands(rows.get("calls", [])),
        *partnership_errands(rows["partnerships"]),
        *register_errands(desk, rows.get("register", [])),
        *(errand for sort, said in others for errand in said(rows[sort.name])),
        *message_errands(threads),
        *_proposed(desk),
        *_requests(desk, rows.get("requests", [])),
        *_guests(desk, rows.get("guests", [])),
    ]
    listings = _listings(desk)
    found += [*_questions(listings), *_dates(listings)]
    found += [*_transmissions(rows["transmissions"]), *_suggestions(listings)]
    found += [*_unsent(desk, rows["unsent"]), *_drafts(listings), *_host(desk)]
    return found


def _sorts(desk: Desk) -> list[Sort]:
    """What needs no more than a line of its table: asked for together."""
    sorts = [_moderated(desk), asked_parties(desk), files_to_answer(desk), partnerships_waiting(desk)]
    sorts += [_transmitted(desk), _typed(desk)]
    if desk.is_confirmed and desk.organisation.is_authority:
        sorts += [calls_to_assess(desk), grants_to_complete(desk)]
    if desk.manages:
        sorts += [_asking_to_join(desk), _carried(desk)]
    return sorts


def listing_model(desk: Desk) -> type[Offer] | type[Need]:
    """What this organisation publishes."""
    return Offer if desk.organisation.is_authority else Need


def listing_url(listing: Listing, name: str = "desk") -> str:
    """A desk address of an offer (`offer_desk`, `offer_edit`…) or of a need."""
    kind = "offer" if isinstance(listing, Offer) else "need"
    return reverse(f"{kind}_{name}", args=[listing.organisation.slug, listing.uuid])


def _moderated(desk: Desk) -> Sort:
    """What moderation hides or wants mended, until somebody here asks for another look."""
    decided = Moderated.objects.concerning(desk.organisation).filter(
        state__in=[CaseState.HIDDEN, CaseState.CORRECT],
        waits_since=None,
        decided_at__gt=now() - _DECIDED_LATELY,
    )
    return Sort("moderated", decided, ("-decided_at", "-pk"), {name: name for name in ("uuid", "title", "state")})


def _to_mend(desk: Desk, rows: list[Row]) -> Iterator[Errand]:
    for case in rows:
        yield Errand(
            icon="warning",
            title=case["title"],
            note=_("Masqué par la modération. Lisez pourquoi, corrigez, puis demandez un nouvel examen.")
            if case["state"] == CaseState.HIDDEN
            else _("La modération demande une correction. Lisez laquelle, corrigez, puis demandez un nouvel examen."),
            action=_("Lire et corriger"),
            url=reverse("case", args=[desk.organisation.slug, UUID(case["uuid"])]),
            mark=_("à corriger"),
            tone="warn",
        )


def unread_threads(desk: Desk) -> list[Row]:
    """The conversations where something is unread by this very person, the latest first: how many messages each."""
    threads = (
        Message.objects.unread_by(desk.membership)
        .values("suggestion__uuid", "suggestion__offer__title", "suggestion__need__title")
        .annotate(unread=Count("id"), latest=Max("sent_at"))
        .order_by("-latest")
    )
    return list(threads[:AT_MOST])


def message_errands(threads: list[Row]) -> Iterator[Errand]:
    """One for each conversation of unread_threads()."""
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


def _transmitted(desk: Desk) -> Sort:
    """What was passed on to this person, or to this desk."""
    facts = {
        "uuid": "uuid",
        "to_person": "person_id",
        "from_person": "author_id",
        "author": "author__name",
        "organisation": "organisation__name",
        "title": Coalesce("offer__title", "need__title"),
        "pair_need": "suggestion__need__title",
        "pair_offer": "suggestion__offer__title",
    }
    return Sort("transmissions", Transmission.objects.to(desk.membership).unseen(), ("-sent_at", "-pk"), facts)


def _transmissions(rows: list[Row]) -> Iterator[Errand]:
    for row in rows:
        said = _("%(who)s vous transmet une annonce")
        is_personal = row["to_person"] and row["from_person"]
        who = Person(name=row["author"]).get_full_name() if is_personal else row["organisation"]
        yield Errand(
            icon="arrow",
            title=said % {"who": who},
            note=row["title"] or f"{row['pair_need']} ↔ {row['pair_offer']}",
            action=_("Regarder"),
            url=reverse("transmission", args=[UUID(row["uuid"])]),
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
    for suggestion in rows.order_by(F("proposed_at").desc(nulls_last=True), "-id")[:AT_MOST]:
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


def _asking_to_join(desk: Desk) -> Sort:
    rows = Membership.objects.waiting().filter(organisation=desk.organisation)
    return Sort("requests", rows, ("requested_at", "pk"), {"name": "person__name", "statement": "statement"})


def _requests(desk: Desk, rows: list[Row]) -> Iterator[Errand]:
    for request in rows:
        yield Errand(
            icon="person",
            title=_("%(name)s demande à vous rejoindre") % {"name": Person(name=request["name"]).get_full_name()},
            note=request["statement"],
            action=_("Confirmer ou refuser"),
            url=reverse("members", args=[desk.organisation.slug]),
            mark=_("à confirmer"),
            tone="warn",
        )


def _carried(desk: Desk) -> Sort:
    """Collectives that say this organisation carries them."""
    rows = Organisation.objects.waiting_for_their_host().filter(host=desk.organisation)
    return Sort("guests", rows, ("updated_at", "pk"), {"name": "name"})


def _guests(desk: Desk, rows: list[Row]) -> Iterator[Errand]:
    for guest in rows:
        yield Errand(
            icon="collective",
            title=_("%(name)s dit être porté par vous") % {"name": guest["name"]},
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
        .order_by(sort, "-updated_at", "id")[:AT_MOST]
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


def _typed(desk: Desk) -> Sort:
    """What this person has typed and not sent: nobody else sees it."""
    facts = {name: name for name in ("form", "listing", "key", "kept_at")}
    return Sort(
        "unsent",
        unsent_of(desk.person, desk.organisation),
        ("-kept_at", "-pk"),
        {**facts, "title": KT("values__title__0")},
    )


def _unsent(desk: Desk, rows: list[Row]) -> Iterator[Errand]:
    for row in rows[:_UNSENT_AT_MOST]:
        side = "need" if row["form"] == "need" else "offer"
        listing = UUID(row["listing"]) if row["listing"] else None
        rest = [listing] if listing else ([row["form"]] if side == "offer" else [])
        address = reverse(f"{side}_{'edit' if listing else 'new'}", args=[desk.organisation.slug, *rest])
        yield Errand(
            icon="edit",
            title=row["title"] or _("Une annonce sans titre"),
            note=_("Commencé le %(day)s, pas encore envoyé. Vous seul le voyez.")
            % {"day": day(localtime(time_of(row["kept_at"])))},
            action=_("Reprendre"),
            url=f"{address}?reprendre={UUID(row['key'])}",
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
