"""Writing for a group that does not live online, and handing over to it."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from matching.catalogue.assisted import claim, draw_code, enter_for_group
from matching.catalogue.models import Agreement, AssistedEntry, Need
from matching.organisations.models import Organisation
from matching.organisations.permissions import mediates_for
from matching.organisations.services import NotAllowed
from matching.screens.acting import act_for
from matching.screens.assisted.forms import KEPT, ClaimForm, EntryForm
from matching.screens.limits import REQUESTS, TOO_MANY_REQUESTS, is_over
from matching.screens.signed_out import keeps_typed, typed_again
from matching.screens.territory_field import by_key, key_of

_A_PAGE = 20


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Mediators and staff: what they wrote for groups, latest first. Others: 404."""
    _helpers(request)
    rows = AssistedEntry.objects.filter(mediator=request.user).select_related("need__organisation")
    page = Paginator(rows.order_by("-written_at", "-id"), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "assisted/entries.html", {"page_obj": page, "now": now()})


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Mediators and staff: one page in the order of the paper, then the next one. Others: 404."""
    helpers = _helpers(request)
    form = EntryForm(request.POST or None, helpers=helpers, initial={**_of_the_pile(request), **typed_again(request)})
    if request.method == "POST" and form.is_valid():
        try:
            need, code = enter_for_group(mediator=request.user, **form.told())
        except IntegrityError:
            # The same form sent twice at the same moment: the other request wrote it, and tells its code.
            return redirect("assisted")
        if code:
            said = _("« {title} » est publié. Code à écrire sur le papier : {code}. Il ne sera plus montré.")
            messages.success(request, _with_code(said, need, code))
        if request.POST.get("action") == "next":
            return redirect(f"{reverse('assisted_new')}?{urlencode(_kept(form))}")
        return redirect("assisted")
    return render(request, "assisted/enter.html", {"form": form})


@require_POST
def new_code(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Whoever wrote it: another code, where the paper is lost or was tried too often. Others: 404."""
    entry = get_object_or_404(AssistedEntry.objects.select_related("need"), need__uuid=uuid, mediator=request.user)
    try:
        code = draw_code(entry=entry, by=request.user)
    except NotAllowed:
        raise Http404 from None
    said = _("Nouveau code pour « {title} » : {code}. Écrivez-le sur le papier : il ne sera plus montré.")
    messages.success(request, _with_code(said, entry.need, code))
    return redirect("assisted")


@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest) -> HttpResponse:
    """Anybody signed in who holds the code of a paper owns what was written for their group."""
    form, status = ClaimForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        if is_over(request, REQUESTS):
            form.add_error("code", REQUESTS.sentence)
            status = TOO_MANY_REQUESTS
        elif organisation := claim(code=form.cleaned_data["code"], person=request.user):
            act_for(request, organisation)
            messages.success(
                request,
                _("« %(name)s » est à vous. Relisez ce qui a été publié : vous pouvez tout changer.")
                % {"name": organisation.name},
            )
            return redirect("desk_of", organisation.slug)
        else:
            form.add_error(
                "code",
                _(
                    "Ce code n’ouvre rien : il est mal recopié, déjà utilisé ou trop ancien. Relisez-le, ou demandez-"
                    "en un autre à la personne qui vous a aidés."
                ),
            )
    return render(request, "assisted/claim.html", {"form": form}, status=status)


def _with_code(said: str, need: Need, code: str) -> SafeString:
    """The sentence, its code large enough to be copied on paper."""
    return format_html(said, title=need.title, code=format_html('<strong class="code">{}</strong>', code))


def _helpers(request: HttpRequest) -> list[Organisation | None]:
    """In whose name this person may write for groups; None: the team of the service. Raises Http404."""
    helpers: list[Organisation | None] = [*mediates_for(request.user)]
    if request.user.is_staff:
        helpers.append(None)
    if not helpers:
        raise Http404
    return helpers


def _kept(form: EntryForm) -> dict[str, str]:
    values = form.cleaned_data
    told = {name: str(values[name]) for name in KEPT if name in values}
    return told | {"territory": key_of(values["territory"])}


def _of_the_pile(request: HttpRequest) -> dict[str, object]:
    """What the paper before this one said, where it is likely to be the same."""
    asked = {name: request.GET[name] for name in KEPT if name in request.GET}
    how = asked.get("agreed_how")
    return {
        "helper": asked.get("helper", ""),
        "territory": by_key(asked.get("territory", "")),
        "agreed_how": how if how in Agreement.values else None,
        "agreed_on": asked.get("agreed_on") or localdate(),
    }
