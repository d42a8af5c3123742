"""« Notre dossier » : what a collective says of itself once, and hands in with each application. Its members only."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.partnerships.group_files import (
    MOST_DOCUMENTS,
    TooManyDocuments,
    add_document,
    documents_of,
    group_file_of,
    remove_document,
    usually_asked,
    write_group_file,
)
from matching.screens.access import Desk, enter_desk
from matching.screens.applications.budget_form import table_of
from matching.screens.applications.group_forms import DocumentForm, GroupFileForm
from matching.screens.applications.sheets import own_answers
from matching.screens.downloads import handed_over
from matching.screens.signed_out import keeps_typed, take_typed


@never_cache
@require_safe
def group_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirmed members read it."""
    return _page(request, _enter(request, slug))


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Owners and members write it."""
    desk = _enter_to_write(request, slug)
    own = group_file_of(desk.organisation)
    if request.method == "POST":
        form = GroupFileForm(request.POST, own=own)
        if form.is_valid():
            write_group_file(organisation=desk.organisation, person=request.user, facts=form.facts)
            messages.success(request, _("Votre dossier est enregistré. Il partira avec vos prochaines candidatures."))
            return redirect("group_file", slug)
    else:
        held = take_typed(request)
        initial = {name: texts[-1] for name, texts in held[0].items() if texts} if held else {}
        form = GroupFileForm(own=own, initial=initial)
    return render(request, "applications/group_file_edit.html", {"desk": desk, "form": form})


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Owners and members put a document into it."""
    desk = _enter_to_write(request, slug)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_document(organisation=desk.organisation, person=request.user, **form.cleaned_data)
        except TooManyDocuments:
            form.add_error(
                "file", _("Votre dossier tient %(most)s documents : retirez-en un d’abord.") % {"most": MOST_DOCUMENTS}
            )
        else:
            messages.success(request, _("Le document est dans votre dossier."))
            return redirect("group_file", slug)
    return _page(request, desk, document_form=form)


@require_POST
def remove(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Owners and members take a document out of it."""
    desk = _enter_to_write(request, slug)
    document = get_object_or_404(documents_of(desk.organisation), uuid=uuid)
    remove_document(document=document, person=request.user)
    messages.success(request, _("Le document n’est plus dans votre dossier. Qui l’a déjà reçu le garde."))
    return redirect("group_file", slug)


@require_safe
def document(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirmed members take one of its documents."""
    return handed_over(get_object_or_404(documents_of(_enter(request, slug).organisation), uuid=uuid))


def _page(request: HttpRequest, desk: Desk, **forms_sent: Any) -> HttpResponse:
    own, documents = group_file_of(desk.organisation), list(documents_of(desk.organisation))
    present = {one.kind for one in documents}
    context = {
        "desk": desk,
        "own": own,
        "answers": own_answers({name: getattr(own, name) for name in _READ}),
        "budget": table_of(_budget_title(own.budget_year), own.budget) if own.budget else None,
        "documents": documents,
        "lacking": [kind.label for kind in usually_asked(desk.organisation) if kind not in present],
        "document_form": DocumentForm(),
        **forms_sent,
    }
    return render(request, "applications/group_file.html", context)


_READ = ("purpose", "representative", "members", "volunteers", "employees", "networks", "approvals")


def _budget_title(year: int | None) -> str:
    return _("Budget %(year)s du collectif") % {"year": year} if year else _("Budget du collectif")


def _enter(request: HttpRequest, slug: str) -> Desk:
    desk = enter_desk(request, slug, side="collective")
    if not desk.is_confirmed:
        raise Http404
    return desk


def _enter_to_write(request: HttpRequest, slug: str) -> Desk:
    desk = _enter(request, slug)
    if not desk.may_speak:
        raise PermissionDenied
    return desk
