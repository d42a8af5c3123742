"""Writing a listing: the form of an offer or a need, what is kept while typing, what is shown beside, and saving it.

One address does it all. A POST says by its `action` what it wants: "keep" (htmx, while typing), "look" (the same by a
button), "drop" (begin again), or to save; `take` accepts a proposal. Only saving writes the listing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import localtime

from matching.catalogue.models import Listing, Need, UnsentForm
from matching.catalogue.permissions import may_change
from matching.catalogue.services import ChangedMeanwhile, NeedFacts, write_need, write_offer
from matching.catalogue.unsent import OutOfDate, TooLong, drop_unsent, keep_unsent, mark_sent, unsent_of
from matching.screens import listing_desk
from matching.screens.access import Desk
from matching.screens.fields import VersionField
from matching.screens.hints import Hint, LongSentence, hints, long_sentences, take
from matching.screens.limits import WRITING, is_over
from matching.screens.listing_form import ListingForm
from matching.screens.proposals import through_its_carrier
from matching.screens.side_by_side import changes_since, meanwhile
from matching.screens.signed_out import take_typed
from matching.screens.typed import as_data, typed_values
from matching.screens.waiting import listing_model, listing_url
from matching.suggestions.mirror import Mirror, mirror_of, mirror_of_sentence

_OFFERED_AGAIN = 3


@dataclass(frozen=True)
class Beside:
    """What stands beside the form, as far as it was asked."""

    kept_at: datetime | None = None
    not_kept: str = ""
    """Why not: "too long" or "out of date"."""
    asked: bool = False
    mirror: Mirror | None = None
    refusals: Sequence[dict[str, Any]] = ()
    hints: Sequence[Hint] = ()
    sentences: Sequence[LongSentence] = ()


@dataclass(frozen=True)
class Page:
    """A form page: who writes where, which form, which offer or need is changed (None: a new one)."""

    desk: Desk
    form_class: type[ListingForm]
    listing: Any
    template: str
    initial: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    after_writing: Callable[[], None] = lambda: None

    def form(self, data: MultiValueDict | None = None, *, publishing: bool = False) -> ListingForm:
        """The form, empty, with the listing, or with what was typed."""
        return self.form_class(
            data,
            organisation=self.desk.organisation,
            listing=self.listing,
            publishing=publishing,
            **({"initial": self.initial} if self.initial else {}),
        )

    @property
    def stored_as(self) -> dict[str, Any]:
        """How what is typed here is kept."""
        return {
            "person": self.desk.person,
            "organisation": self.desk.organisation,
            "form": str(self.form_class.stored_as),
            "listing": self.listing.uuid if self.listing else None,
        }


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """What this page answers to whatever is asked of it."""
    if request.method != "POST":
        return _opened(request, page)
    action = request.POST.get("action")
    if action == "drop":
        drop_unsent(person=page.desk.person, key=_key_of(request.POST))
        return redirect(request.path)
    if action in ("keep", "look") or "take" in request.POST:
        return _while_writing(request, page, fragment=action == "keep" and bool(request.htmx))  # type: ignore[attr-defined]
    return _sent(request, page)


def _opened(request: HttpRequest, page: Page) -> HttpResponse:
    if held := take_typed(request):
        values, text = held
        key = _key(text)
        before = unsent_of(page.desk.person, page.desk.organisation).filter(key=key).first()
        return _shown_again(request, page, as_data(values, key, before.turn + 1 if before else 0), back_from_login=True)
    offered = unsent_of(page.desk.person, page.desk.organisation).filter(
        form=page.stored_as["form"], listing=page.stored_as["listing"]
    )
    wanted = request.GET.get("reprendre")
    if wanted and (row := offered.filter(key=_key(wanted)).first()):
        return _shown_again(request, page, as_data(row.values, row.key, row.turn + 1))
    return _render(request, page, page.form(), offered=list(offered[:_OFFERED_AGAIN]))


def _shown_again(request: HttpRequest, page: Page, data: MultiValueDict, **context: Any) -> HttpResponse:
    """The form with what was typed some time ago, and without a word about what lacks."""
    form = page.form(data)
    form.overlook_errors()
    kept = _kept(page, data) if context.get("back_from_login") else {}
    return _render(request, page, form, beside=Beside(**kept), resumed=True, **context)


def _while_writing(request: HttpRequest, page: Page, *, fragment: bool) -> HttpResponse:
    data: MultiValueDict = request.POST
    if "take" in data:
        data = take(page.form(), data, data["take"])
    if not fragment:
        data = _next_turn(data)
    kept = _kept(page, data)
    form = page.form(data)
    form.overlook_errors()
    mirror = None if is_over(request, WRITING) else _mirror(page, form)
    beside = Beside(
        **kept,
        asked=True,
        mirror=mirror,
        refusals=_refusals(page.desk, mirror),
        hints=hints(form, form.told_so_far(), mirror.themes if mirror else ()),
        sentences=long_sentences(form),
    )
    if fragment:
        context = {"beside": beside, "form_action": request.path, "is_htmx": True}
        return render(request, "desk/_while_writing.html", {**_context(page, form), **context})
    takes_stored = request.POST.get("take", "").startswith("stored:")
    compared = {"meanwhile": meanwhile(form, [])} if takes_stored and page.listing else {}
    return _render(request, page, form, beside=beside, **compared)


def _sent(request: HttpRequest, page: Page) -> HttpResponse:
    form = page.form(request.POST, publishing=listing_desk.asks_to_publish(request, page.listing))
    if not form.is_valid():
        return _render(request, page, form)
    if page.listing is None and (written := _written_before(page, form)):
        return _two_versions(request, _changing(page, written), [])
    seen = form.cleaned_data["version"]
    if page.listing and seen is not None and seen != page.listing.version:
        changes = changes_since(page.listing, seen)
        if changes and form.differing():
            return _two_versions(request, page, changes)
    try:
        response = listing_desk.save(request, page.desk, form, lambda: _write(page, form))
    except ChangedMeanwhile:
        # At this very moment: what stands there now was not seen when the page was asked.
        return _two_versions(request, _anew(page), changes_since(page.listing, page.listing.version))
    mark_sent(key=_key_of(request.POST), **page.stored_as)
    page.after_writing()
    return response


def _write(page: Page, form: ListingForm) -> Listing:
    told, listing = form.told(), page.listing
    common: dict[str, Any] = {
        "organisation": page.desk.organisation,
        "person": page.desk.person,
        "form_key": None if listing else form.cleaned_data["form_key"],
        "seen_version": listing.version if listing else None,
    }
    if isinstance(told, NeedFacts):
        return write_need(facts=told, need=listing, **common)
    return write_offer(facts=told, offer=listing, **common)


def _written_before(page: Page, form: ListingForm) -> Listing | None:
    """The listing that this very form has written already, where somebody went back and typed something else."""
    rows = listing_model(page.desk).objects.for_cards().of(page.desk.organisation)
    written = rows.filter(uuid=form.cleaned_data["form_key"], created_by=page.desk.person).first()
    if written is None or not may_change(page.desk.person, written):
        return None
    return written if _changing(page, written).form(form.data).differing() else None


def _changing(page: Page, listing: Listing) -> Page:
    """The page that changes this listing by the same form."""
    return replace(page, listing=listing, initial={})


def _anew(page: Page) -> Page:
    """The same page with its listing as it is now."""
    return _changing(page, listing_model(page.desk).objects.for_cards().get(pk=page.listing.pk))


def _two_versions(request: HttpRequest, page: Page, changes: Sequence[Any]) -> HttpResponse:
    """Nothing is written: both versions side by side, and the choice. Sent again, it writes over what is seen now."""
    data = _next_turn(request.POST)
    data["version"] = str(page.listing.version)
    if not changes:
        data["form_key"] = str(uuid4())
    _kept(page, data)
    form = page.form(data)
    form.full_clean()
    context = {"meanwhile": meanwhile(form, changes), "form_action": listing_url(page.listing, "edit")}
    return _render(request, page, form, **context)


def beside_sentence(request: HttpRequest, desk: Desk, text: str, kinds: Sequence[str]) -> Beside:
    """What stands beside a sentence that an officer types before choosing a form."""
    if not text:
        return Beside()
    asked = not is_over(request, WRITING)
    mirror = mirror_of_sentence(text=text, kinds=kinds, organisation=desk.organisation) if asked else None
    return Beside(asked=True, mirror=mirror, refusals=_refusals(desk, mirror))


def _mirror(page: Page, form: ListingForm) -> Mirror:
    return mirror_of(facts=form.told_so_far(), organisation=page.desk.organisation, listing=page.listing)


def _refusals(desk: Desk, mirror: Mirror | None) -> list[dict[str, Any]]:
    """Why the likeliest of those that a condition keeps away is refused, as the person who writes reads it."""
    if not (mirror and mirror.barrier):
        return []
    barrier = mirror.barrier
    if isinstance(barrier.listing, Need):
        return [through_its_carrier(barrier.refusal, barrier.listing.organisation, "offer")]
    return [through_its_carrier(barrier.refusal, desk.organisation, "need")]


def _kept(page: Page, data: MultiValueDict) -> dict[str, Any]:
    try:
        row = keep_unsent(key=_key_of(data), values=typed_values(data), turn=_turn_of(data), **page.stored_as)
    except TooLong:
        return {"not_kept": "too long"}
    except OutOfDate:
        return {"not_kept": "out of date"}
    return {"kept_at": localtime(row.kept_at)}


def _turn_of(data: MultiValueDict) -> int:
    return VersionField().to_python(data.get("turn", "")) or 0


def _next_turn(data: MultiValueDict) -> MultiValueDict:
    """The same for the page that follows: what this one still sends while the answer is under way is older."""
    following = data.copy()
    following["turn"] = str(_turn_of(data) + 1)
    return following


def _key_of(data: MultiValueDict) -> UUID:
    return _key(data.get("form_key", ""))


def _key(text: str) -> UUID:
    """The key that a form says it has; a new one where it cannot be read."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _context(page: Page, form: ListingForm) -> dict[str, Any]:
    return {
        "desk": page.desk,
        "form": form,
        "listing": page.listing,
        "listing_url": listing_url(page.listing) if page.listing else "",
        "too_many": WRITING.sentence,
    }


def _render(request: HttpRequest, page: Page, form: ListingForm, **context: Any) -> HttpResponse:
    offered: list[UnsentForm] = context.pop("offered", [])
    shown = {"beside": Beside(), "form_action": request.path, "offered": offered, **page.context, **context}
    return render(request, page.template, {**_context(page, form), **shown})
