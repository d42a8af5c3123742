"""What can be reported: one Kind each. Those of the domain are below; what points upward (stories) registers itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from matching.catalogue import services as catalogue
from matching.catalogue.models import Need, Offer
from matching.catalogue.rights import TEXTS
from matching.organisations.models import Organisation
from matching.organisations.services import hide as hide_organisation
from matching.partnerships.models import Message
from matching.partnerships.permissions import side_of
from matching.partnerships.services import hide_message
from matching.people.models import Person
from matching.suggestions.permissions import organisation_of

# What went out of sight: [["offer", "uuid"], …].
Away = list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How moderation deals with one kind of thing."""

    name: str
    # Its word in addresses, and on screens.
    word: str
    label: str | Promise
    icon: str
    # By uuid, whoever may see it; None if it is gone.
    find: Callable[[UUID], Any]
    # Whether this person reads it now, and so may report it.
    reads: Callable[[Person, Any], bool]
    title: Callable[[Any], str]
    key: Callable[[Any], UUID] = attrgetter("uuid")
    # What it says, as pairs of a label and a text.
    says: Callable[[Any], Iterable[tuple[str, str]]]
    organisations: Callable[[Any], Sequence[Organisation]]
    # Where it is read.
    address: Callable[[Any], str]
    # Out of everybody's sight; returns what was published until then.
    hide: Callable[[Any], Away]
    # Back again, with what was published before.
    show: Callable[[Any, Away], None]

    def copy(self, thing: Any) -> dict[str, Any]:
        """The thing as it is now, in plain values."""
        with override("fr"):
            lines = [[capfirst(str(label)), text] for label, text in self.says(thing) if text]
        return {"title": self.title(thing), "lines": lines}


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """From now on, things of this kind can be reported."""
    _KINDS[kind.name] = kind


def kind_named(name: str) -> Kind | None:
    return _KINDS.get(name)


def kind_of_word(word: str) -> Kind | None:
    """The kind that an address names."""
    return next((kind for kind in _KINDS.values() if kind.word == word), None)


def register_own() -> None:
    """The kinds of the domain itself."""
    for model, word, icon in ((Offer, "offre", "tag"), (Need, "besoin", "collective")):
        register(
            Kind(
                name=str(model._meta.model_name),
                word=word,
                label=model._meta.verbose_name or word,
                icon=icon,
                find=partial(_listing, model),
                reads=lambda person, listing: listing.is_published,
                title=str,
                says=_listing_says,
                organisations=lambda listing: [listing.organisation],
                address=_listing_address,
                hide=_hide_listing,
                show=_show_listing,
            )
        )
    register(
        Kind(
            name="organisation",
            word="organisation",
            label=_("organisation"),
            icon="organisation",
            find=lambda uuid: Organisation.objects.filter(uuid=uuid).first(),
            reads=lambda person, organisation: organisation.hidden_at is None,
            title=str,
            says=_organisation_says,
            organisations=lambda organisation: [organisation],
            address=lambda organisation: reverse("public:organisation", args=[organisation.slug]),
            hide=_hide_organisation,
            show=_show_organisation,
        )
    )
    register(
        Kind(
            name="message",
            word="message",
            label=_("message"),
            icon="message",
            find=_message,
            reads=_is_reader,
            title=lambda message: f"{_writer(message).name}, {message.sent_at:%d/%m/%Y}",
            says=_message_says,
            organisations=lambda message: [_writer(message)],
            address=lambda message: reverse("thread", args=[message.suggestion.uuid]),
            hide=_hide_message,
            show=lambda message, away: hide_message(message=message, hidden=False),
        )
    )


def _named(row: Any, *names: str) -> Iterable[tuple[str, str]]:
    """Fields by their own labels."""
    for name in names:
        yield str(row._meta.get_field(name).verbose_name), str(getattr(row, name) or "")


def _listing(model: type[Offer] | type[Need], uuid: UUID) -> Offer | Need | None:
    return model.objects.select_related("organisation", "territory").filter(uuid=uuid).first()


def _listing_says(listing: Offer | Need) -> Iterable[tuple[str, str]]:
    yield _("publié par"), listing.organisation.name
    yield from _named(listing, "title", "text", "easy_read", "territory")
    if isinstance(listing, Need):
        yield from _named(listing, "why", "contribution", "data_subject")
        return
    yield from _named(listing, "provides", "expects")
    for resource in listing.resources.all():
        yield from _named(resource, "address", "equipment", "opening", "url")
    for photo in listing.photos.all():
        yield _("photo"), photo.text
    if hasattr(listing, "bundle"):
        yield from _named(listing.bundle, *TEXTS)


def _listing_address(listing: Offer | Need) -> str:
    return reverse(f"public:{listing._meta.model_name}", args=[listing.uuid, listing.slug])


def _hide_listing(listing: Offer | Need) -> Away:
    return _away([listing]) if catalogue.hide(listing=listing) else []


def _show_listing(listing: Offer | Need, away: Away) -> None:
    catalogue.unhide(listing=listing, publishes=bool(away))


def _away(listings: Iterable[Offer | Need]) -> Away:
    return [[str(listing._meta.model_name), str(listing.uuid)] for listing in listings]


def _organisation_says(organisation: Organisation) -> Iterable[tuple[str, str]]:
    yield from _named(organisation, "name", "description", "territory")


def _hide_organisation(organisation: Organisation) -> Away:
    """Its page and everything that it has published."""
    hide_organisation(organisation=organisation, hidden=True)
    published = [row for model in (Offer, Need) for row in model.objects.of(organisation).published().order_by("pk")]
    for listing in published:
        catalogue.pause(listing=listing)
    return _away(published)


def _show_organisation(organisation: Organisation, away: Away) -> None:
    hide_organisation(organisation=organisation, hidden=False)
    for model in (Offer, Need):
        keys = [key for name, key in away if name == model._meta.model_name]
        # What moderation hides by itself stays hidden, what was closed meanwhile stays closed.
        for listing in model.objects.filter(uuid__in=keys, status="paused", hidden_at=None).order_by("pk"):
            catalogue.publish(listing=listing, person=None)


def _message(uuid: UUID) -> Message | None:
    rows = Message.objects.select_related("suggestion__offer__organisation", "suggestion__need__organisation")
    return rows.filter(uuid=uuid).first()


def _writer(message: Message) -> Organisation:
    return organisation_of(message.suggestion, message.side)


def _is_reader(person: Person, message: Message) -> bool:
    """A confirmed member of the side that it was written to."""
    if message.hidden_at or not person.is_authenticated:
        return False
    return side_of(person, message.suggestion) not in (None, message.side)


def _message_says(message: Message) -> Iterable[tuple[str, str]]:
    yield _("écrit par"), _writer(message).name
    yield _("message"), message.text
    for file in message.attachments.all():
        yield _("pièce jointe"), file.name


def _hide_message(message: Message) -> Away:
    hide_message(message=message, hidden=True)
    return []
