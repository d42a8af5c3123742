"""The convention itself: read, printed, rewritten, compared, discussed clause by clause."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.catalogue.rights import Bundle
from matching.organisations.services import NotAllowed
from matching.partnerships.conventions import Overtaken, Unfit, comment, lacks, latest_of, write_version
from matching.partnerships.models import ClauseComment, ConventionVersion, Partnership
from matching.partnerships.moves import ImpossibleMove
from matching.screens.compared_rights import side_by_side
from matching.screens.partnerships.changed import changed_parts
from matching.screens.partnerships.document import document_of
from matching.screens.partnerships.forms import CommentForm, VersionForm
from matching.screens.partnerships.odt import CONTENT_TYPE, as_odt
from matching.screens.partnerships.pdf import as_pdf
from matching.screens.partnerships.place import Place, enter, enter_to_act, version_of

State = Partnership.State
_FILES = {"pdf": ("application/pdf", as_pdf), "odt": (CONTENT_TYPE, as_odt)}


@require_safe
def convention(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Confirmed members of its parties: the reference text, which prints as it stands."""
    return _shown(request, enter(request, uuid), number, CommentForm())


@require_POST
def comment_clause(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Owners and members of a party say something of a clause."""
    place = enter_to_act(request, uuid)
    version = version_of(place, number)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            said = comment(
                partnership=place.partnership,
                organisation=place.organisation,
                person=place.person,
                number=version.number,
                **form.cleaned_data,
            )
        except NotAllowed:
            raise Http404 from None
        except (Unfit, ImpossibleMove) as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, _("Votre remarque est notée."))
            return redirect(f"{reverse('convention', args=[uuid, number])}#{said.clause}")
    return _shown(request, place, number, form)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of a party write the next version; after signature, an amendment."""
    place = enter_to_act(request, uuid)
    latest = latest_of(place.partnership)
    if latest is None or place.partnership.state not in (State.PREPARING, State.ACTIVE):
        messages.warning(request, _("Cette convention ne change plus."))
        return redirect("partnership", uuid)
    base = _base(request, latest)
    form = VersionForm(request.POST or None, partnership=place.partnership, version=base)
    overtaken: ConventionVersion | None = None
    if request.method == "POST" and form.is_valid():
        try:
            version = write_version(
                partnership=place.partnership,
                organisation=place.organisation,
                person=place.person,
                draft=form.draft(),
                form_key=form.cleaned_data["form_key"],
                based_on=form.cleaned_data["seen"] or 0,
            )
        except NotAllowed:
            raise Http404 from None
        except Overtaken as newer:
            overtaken = newer.latest
            form.add_error(None, _("Une autre version a été écrite pendant que vous écriviez. Comparez, puis décidez."))
        except Unfit as unfit:
            form.add_error(unfit.field if unfit.field in form.fields else None, str(unfit))
        except ImpossibleMove as impossible:
            form.add_error(None, str(impossible))
        else:
            messages.success(
                request,
                _("La version %(number)s est écrite. Les accords donnés à la précédente ne comptent plus.")
                % {"number": version.number},
            )
            return redirect("partnership", uuid)
    context = {
        "place": place,
        "partnership": place.partnership,
        "form": form,
        "latest": latest,
        "is_amendment": place.partnership.state == State.ACTIVE,
        "overtaken": overtaken,
        "parted": form.parted_from(overtaken) if overtaken else (),
        "seen": overtaken.number if overtaken else form["seen"].value(),
    }
    return render(request, "partnerships/write.html", context)


@require_safe
def compare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirmed members of its parties: two versions side by side, `de` and `a`; by default the last two."""
    place = enter(request, uuid)
    versions = list(place.partnership.versions.select_related("organisation"))
    if not versions:
        raise Http404
    for version in versions:
        version.partnership = place.partnership
    by_number = {str(version.number): version for version in versions}
    before = by_number.get(request.GET.get("de", ""), versions[max(0, len(versions) - 2)])
    after = by_number.get(request.GET.get("a", ""), versions[-1])
    parts = list(changed_parts(document_of(before), document_of(after)))
    context = {
        "place": place,
        "partnership": place.partnership,
        "versions": versions,
        "before": before,
        "after": after,
        "parts": parts,
        "unchanged": [part for part in parts if part.is_same],
    }
    return render(request, "partnerships/compare.html", context)


def _base(request: HttpRequest, latest: ConventionVersion) -> ConventionVersion:
    """The version whose boxes the writer has filled in; the latest where they begin."""
    number = request.POST.get("based_on", "")
    known = latest.partnership.versions.filter(number=number).first() if number.isascii() and number.isdigit() else None
    return known or latest


def _shown(request: HttpRequest, place: Place, number: int, form: CommentForm) -> HttpResponse:
    version = version_of(place, number)
    latest = latest_of(place.partnership)
    said: dict[str, list[ClauseComment]] = {}
    comments = ClauseComment.objects.filter(version__partnership=place.partnership, version__number__lte=number)
    for one in comments.select_related("organisation", "version", "by"):
        said.setdefault(one.clause, []).append(one)
    document = document_of(version)
    is_latest = latest is not None and latest.pk == version.pk
    has_agreed = version.validations.filter(organisation=place.organisation).exists()
    is_open = place.partnership.state in (State.PREPARING, State.ACTIVE)
    need = place.partnership.application.need
    held = Bundle.from_plain(version.rights)
    context = {
        "place": place,
        "partnership": place.partnership,
        "points": side_by_side(need, place.partnership.offer, held).points if need and not version.is_signed else [],
        "version": version,
        "document": document,
        "articles": [(article, said.get(article.key, [])) for article in document.articles],
        "is_latest": is_latest,
        "latest": latest,
        "may_validate": is_latest and is_open and place.may_act and not version.is_signed and not has_agreed,
        "lacking": lacks(place.partnership, place.organisation, version) if is_latest and is_open else "",
        "may_comment": place.may_act and is_open and is_latest,
        "form": form,
    }
    return render(request, "partnerships/convention.html", context)


@require_safe
def convention_file(request: HttpRequest, uuid: UUID, number: int, ending: str) -> HttpResponse:
    """Confirmed members of its parties: one version as a file."""
    place = enter(request, uuid)
    version = version_of(place, number)
    if ending not in _FILES:
        raise Http404
    content_type, write_out = _FILES[ending]
    name = f"convention-{slugify(place.partnership.title)[:40] or 'sans-titre'}-v{version.number}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(write_out(document_of(version)), content_type=content_type, headers=headers)
