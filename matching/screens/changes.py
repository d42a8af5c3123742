"""The past of a listing in sentences: who, when, what changed."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, NamedTuple

from django.db.models import ForeignKey
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from matching.catalogue.models import Kind, Listing, Resource, Right, RightsBundle, Status, Theme
from matching.catalogue.past import came_back_to, rights_held, rules_held
from matching.catalogue.rights import NAMES, Bundle
from matching.catalogue.validity import UNANSWERED
from matching.catalogue.week import Week
from matching.organisations.models import LegalForm
from matching.screens.differences import Piece, differences
from matching.screens.eligibility import rule_in_words
from matching.screens.numbers import day, euros
from matching.screens.rights import label_of as right_label
from matching.screens.week import week_in_words
from matching.territories.models import Territory

# What the software keeps for itself says nothing to people.
_UNTOLD = {
    "id",
    "uuid",
    "organisation",
    "created_by",
    "created_at",
    "updated_at",
    "published_at",
    "origin",
    "source",
    "external_id",
    "flags",
    "version",
    "status",
    "holds",
    "exact_territory",
    "exact_perimeter",
    "hidden_at",
}
_LONGEST_SHOWN = 80


class Names(NamedTuple):
    """The names of what the records point to: territories by key, themes by slug."""

    territories: dict[int, str]
    themes: dict[str, str]


@dataclass(frozen=True)
class FieldChange:
    """One field: before and after, or word by word where the texts are too long to stand side by side."""

    label: str
    before: str = ""
    after: str = ""
    pieces: Sequence[Piece] = ()


@dataclass(frozen=True)
class Change:
    """One moment of the past. `who` is empty for an import, and for what the service did by itself."""

    who: str
    when: datetime
    act: str
    fields: list[FieldChange]
    # Of its version in the history.
    record: int
    by_itself: bool = False


def changes_of(listing: Listing, records: Iterable[Any], *, keep_empty: bool = False) -> list[Change]:
    """What each record (latest first) changed against the one before it; in a fixed number of queries.

    Records that changed nothing are left out unless `keep_empty`.
    """
    shown = list(records)
    if not shown:
        return []
    oldest = shown[-1]
    earlier = (
        listing.history.filter(history_date__lte=oldest.history_date, history_id__lt=oldest.history_id)
        .order_by("-history_date", "-history_id")
        .first()
    )
    befores = [*shown[1:], earlier]
    names = _names([*shown, *([earlier] if earlier else [])])
    found = (_change(listing, after, before, names) for after, before in zip(shown, befores, strict=True))
    return [change for change in found if keep_empty or change.act or change.fields]


def _change(listing: Listing, after: Any, before: Any, names: Names) -> Change:
    return Change(
        who=_who(after, before),
        when=after.history_date,
        act=_act(after, before),
        fields=_all_fields(listing, after, before, names) if before else [],
        record=after.history_id,
        by_itself=after.history_change_reason == UNANSWERED,
    )


def what_coming_back_changes(listing: Listing, now: Any, then: Any) -> list[FieldChange]:
    """What would change if the listing said again what it said then. Photos stay: they are left out."""
    names = _names([now, then])
    kept = {**then.holds, "photos": now.holds.get("photos", [])} if then.holds else now.holds
    return [*_fields(listing, then, now, names, apart={"wants_suggestions"}), *_held(now.holds, kept, names)]


def _all_fields(listing: Listing, after: Any, before: Any, names: Names) -> list[FieldChange]:
    return [*_fields(listing, after, before, names), *_held(before.holds, after.holds, names)]


def _who(after: Any, before: Any) -> str:
    if before and after.hidden_at != before.hidden_at:
        return _("La modération")
    return after.history_user.get_full_name() if after.history_user else ""


def _act(after: Any, before: Any) -> str:
    if before is None:
        return _("a écrit la première version")
    if moment := came_back_to(after):
        return _("a repris la version du %(day)s") % {"day": date_format(localtime(moment), "j F Y, H:i")}
    if after.hidden_at != before.hidden_at:
        return _("a masqué l’annonce") if after.hidden_at else _("ne masque plus l’annonce")
    if after.status == before.status:
        return ""
    if after.history_change_reason == UNANSWERED:
        return _("a mis en pause, faute de réponse")
    return {
        Status.DRAFT: _("a remis en brouillon"),
        Status.WAITING: _("a demandé la publication"),
        Status.PUBLISHED: _("a publié"),
        Status.PAUSED: _("a mis en pause"),
        Status.CLOSED: _("a clos"),
    }[Status(after.status)]


def _fields(
    listing: Listing, after: Any, before: Any, names: Names, apart: Set[str] = frozenset()
) -> Iterator[FieldChange]:
    for field in listing._meta.concrete_fields:
        if field.name in _UNTOLD or field.name in apart or not hasattr(after, field.attname):
            continue
        was, now = getattr(before, field.attname), getattr(after, field.attname)
        if was == now:
            continue
        if isinstance(field, ForeignKey):
            was, now = names.territories.get(was, ""), names.territories.get(now, "")
        yield _side_by_side(_label(field), *(_in_words(field.name, value) for value in (was, now)))


def _held(before: dict[str, Any], after: dict[str, Any], names: Names) -> Iterator[FieldChange]:
    """Themes, rights and resources; a past written before they were kept says nothing of them."""
    if not before:
        return
    was, now = ([names.themes.get(slug, slug) for slug in held.get("themes", [])] for held in (before, after))
    if was != now:
        yield FieldChange(_("Thèmes"), _in_words("themes", was), _in_words("themes", now))
    yield from _rights(rights_held(before), rights_held(after))
    weeks = [Week.from_plain(held.get("week", {})) for held in (before, after)]
    if weeks[0] != weeks[1]:
        yield _side_by_side(_("Semaine type"), *(week_in_words(week) or _("rien") for week in weeks))
    rules = [rules_held(held) for held in (before, after)]
    if rules[0] != rules[1]:
        told = ("; ".join(map(rule_in_words, held)) or _("rien") for held in rules)
        yield _side_by_side(_("Conditions pour candidater"), *told)
    photos = [held.get("photos", []) for held in (before, after)]
    if photos[0] != photos[1]:
        yield _side_by_side(_("Photos"), *("; ".join(texts) or _("rien") for texts in photos))
    pairs = zip_longest(before.get("resources", []), after.get("resources", []), fillvalue={})
    for had, has in pairs:
        for name in dict.fromkeys([*had, *has]):
            if had.get(name) != has.get(name):
                yield _fact(name, had.get(name), has.get(name))


def _rights(before: Bundle | None, after: Bundle | None) -> Iterator[FieldChange]:
    if before is None or after is None:
        return
    for name in NAMES:
        had, has = getattr(before, name), getattr(after, name)
        if had != has:
            field = RightsBundle._meta.get_field(name)
            words = dict(field.flatchoices)
            yield _side_by_side(
                right_label(name), *(str(words.get(value) or _in_words(name, value)) for value in (had, has))
            )


def _fact(name: str, had: Any, has: Any) -> FieldChange:
    """One fact of a resource, with the word of the choice where it is one."""
    field = Resource._meta.get_field(name)
    words = dict(field.flatchoices)
    return _side_by_side(
        _label(field), *(str(words[value]) if value in words else _in_words(name, value) for value in (had, has))
    )


def _side_by_side(label: str, before: str, after: str) -> FieldChange:
    if max(len(before), len(after)) <= _LONGEST_SHOWN:
        return FieldChange(label, before, after)
    return FieldChange(label, pieces=differences(before, after))


def _label(field: Any) -> str:
    """The name of a field without its unit, which the value says."""
    return capfirst(str(field.verbose_name).partition(" (")[0])


def _in_words(name: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return _("rien")
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list):
        return ", ".join(_choice(item) for item in value)
    if name.startswith("amount") or name in ("price", "rental_value"):
        return euros(value)
    return str(value)


def _choice(item: str) -> str:
    """A kind, a right or a legal form by its name on screen."""
    for choices in (Kind, Right, LegalForm):
        if item in choices.values:
            return str(choices(item).label)
    return item


def _names(records: Sequence[Any]) -> Names:
    ids = {getattr(record, name) for record in records for name in ("territory_id", "perimeter_id")}
    slugs = {slug for record in records for slug in record.holds.get("themes", [])}
    return Names(
        {territory.pk: str(territory) for territory in Territory.objects.filter(pk__in=ids - {None})},
        {theme.slug: theme.name for theme in Theme.objects.filter(slug__in=slugs)},
    )
