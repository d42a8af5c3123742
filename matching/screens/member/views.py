"""The way in and the people: found, join, switch, confirm, prefer. Each view says who may open it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from matching.notices.services import follow_preferences
from matching.organisations.models import Membership, Organisation, Role
from matching.organisations.permissions import may_manage, may_read_desk
from matching.organisations.services import (
    LastOwner,
    NotAllowed,
    authority_of,
    change_role,
    confirm_membership,
    create_collective,
    end_membership,
    refuse_membership,
    request_membership,
    withdraw_request,
)
from matching.screens.access import enter_desk
from matching.screens.acting import act_for, acting_organisation, memberships_of, organisations_of
from matching.screens.carried import carried_need
from matching.screens.limits import REQUESTS, TOO_MANY_REQUESTS, is_over
from matching.screens.listing_desk import show_desk
from matching.screens.listing_life import set_several_aside
from matching.screens.member.forms import (
    CollectiveForm,
    FindAuthorityForm,
    FindOrganisationForm,
    HostForm,
    PreferencesForm,
    StatementForm,
)
from matching.screens.territory_field import by_key
from matching.territories.models import Territory

_A_PAGE = 30


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Anybody signed in: to the need they had begun, to their desk, or to the choice of an organisation.

    Whoever runs the service or writes its pages, and acts for nobody, goes to where they work.
    """
    if carried_need(request):
        return redirect("publish_need")
    organisation = acting_organisation(request)
    if organisation:
        return redirect("desk_of", organisation.slug)
    if request.user.is_staff:
        return redirect("membership_requests")
    return redirect("wagtailadmin_home" if request.user.has_perm("wagtailadmin.access_admin") else "member_start")


@require_GET
def desk_of(request: HttpRequest, slug: str) -> HttpResponse:
    """Members of any role; somebody still waiting sees their own drafts. Others: 404."""
    return show_desk(request, enter_desk(request, slug))


@require_http_methods(["GET", "HEAD", "POST"])
def several(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirmed owners and members: pause or close several listings at once."""
    return set_several_aside(request, enter_desk(request, slug))


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Anybody signed in: for whom will you act?"""
    return render(request, "member/choose.html", {"memberships": memberships_of(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_collective(request: HttpRequest) -> HttpResponse:
    """Anybody signed in founds a collective, and owns it."""
    carried = carried_need(request)
    form = CollectiveForm(request.POST or None, initial={"territory": by_key(carried.get("territory", ""))})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        organisation = create_collective(person=request.user, **values)
        act_for(request, organisation)
        messages.success(request, _("« %(name)s » est créé. Vous en êtes responsable.") % {"name": organisation.name})
        return redirect("publish_need") if carried else redirect("desk_of", organisation.slug)
    return render(request, "member/new_collective.html", {"form": form, "carried": carried})


@require_GET
def find_authority(request: HttpRequest) -> HttpResponse:
    """Anybody signed in: the authority for which they work, by its territory."""
    form = FindAuthorityForm(request.GET if "territory" in request.GET else None)
    if form.is_bound and form.is_valid():
        territory = form.cleaned_data["territory"]
        return redirect("authority_join", territory.level, territory.code)
    return render(request, "member/find_authority.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def join_authority(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Anybody signed in asks to act for the authority of this territory. Only a POST writes its row."""
    territory = Territory.objects.at(level, code).first()
    if territory is None:
        raise Http404
    form = StatementForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid() and _not_too_many(request, form):
        try:
            authority = authority_of(territory=territory)
        except ValueError:
            messages.warning(request, _("Ce territoire n’a pas de collectivité à lui. Choisissez-en un autre."))
            return redirect("authority_find")
        return _ask(request, authority, form)
    return render(
        request,
        "member/join.html",
        {"form": form, "territory": territory, "back_url": reverse("authority_find")},
        status=form.code,
    )


@require_GET
def find_organisation(request: HttpRequest) -> HttpResponse:
    """Anybody signed in: a collective that exists, by its name."""
    form = FindOrganisationForm(request.GET if "q" in request.GET else None)
    found = None
    if form.is_bound and form.is_valid():
        rows = Organisation.objects.collectives().verified().filter(name__icontains=form.cleaned_data["q"])
        found = (
            rows.exclude(memberships__person=request.user).select_related("territory").order_by("name", "id")[:_A_PAGE]
        )
    return render(request, "member/find_organisation.html", {"form": form, "found": found})


@require_http_methods(["GET", "HEAD", "POST"])
def join_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Anybody signed in asks to join an organisation that everybody sees."""
    organisation = get_object_or_404(Organisation.objects.verified().select_related("territory"), slug=slug)
    form = StatementForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid() and _not_too_many(request, form):
        return _ask(request, organisation, form)
    return render(
        request,
        "member/join.html",
        {"form": form, "organisation": organisation, "back_url": reverse("organisation_find")},
        status=form.code,
    )


def _not_too_many(request: HttpRequest, form: StatementForm) -> bool:
    """Whether this request to join may leave; where it may not, the form says so and keeps its words."""
    if not is_over(request, REQUESTS):
        return True
    form.add_error(None, REQUESTS.sentence)
    form.code = TOO_MANY_REQUESTS
    return False


def _ask(request: HttpRequest, organisation: Organisation, form: StatementForm) -> HttpResponse:
    if name := form.cleaned_data.get("name"):
        request.user.name = name
        request.user.save(update_fields=["name"])
    request_membership(person=request.user, organisation=organisation, statement=form.cleaned_data["statement"])
    act_for(request, organisation)
    return redirect("desk_of", organisation.slug)


@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever asked to join takes their request back."""
    membership = get_object_or_404(Membership.objects.waiting(), person=request.user, organisation__slug=slug)
    withdraw_request(membership=membership, by=request.user)
    messages.success(request, _("Votre demande est retirée."))
    return redirect("desk")


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """One of the person's own organisations becomes the current one."""
    chosen = request.POST.get("organisation", "")
    for organisation in organisations_of(request):
        if str(organisation.uuid) == chosen:
            act_for(request, organisation)
            return redirect("desk_of", organisation.slug)
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Anybody signed in, about themselves."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        follow_preferences(person=form.save())
        messages.success(request, _("Vos préférences sont enregistrées."))
        return redirect("preferences")
    if form.is_bound:
        # The form has written its values on the person who is shown in the header: take the stored ones back.
        request.user.refresh_from_db()
    return render(request, "member/preferences.html", {"form": form, "memberships": memberships_of(request)})


@require_GET
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirmed members see who acts with them; owners and staff may change it. Others get 404."""
    organisation = _organisation_with_people(request, slug)
    rows = organisation.memberships.select_related("person").order_by("confirmed_at", "requested_at", "id")
    page = Paginator(rows.confirmed(), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "has_desk": may_read_desk(request.user, organisation),
        "may_manage": may_manage(request.user, organisation),
        "waiting": rows.waiting(),
        "guests": organisation.hosted.order_by("host_confirmed_at", "name", "id"),
        "host_form": HostForm(guest=organisation),
        "page_obj": page,
        "roles": Role.choices,
    }
    return render(request, "member/members.html", context)


@require_POST
def decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Owners and staff: confirm, refuse, change a role, end a membership; everybody may leave."""
    organisation = _organisation_with_people(request, slug)
    membership = get_object_or_404(
        Membership.objects.select_related("person", "organisation"), organisation=organisation, pk=pk
    )
    name, action, role = (
        membership.person.get_full_name(),
        request.POST.get("action"),
        request.POST.get("role"),
    )
    try:
        if action == "confirm":
            confirm_membership(membership=membership, by=request.user, role=role if role in Role.values else None)
            messages.success(request, _("%(name)s agit maintenant pour vous.") % {"name": name})
        elif action == "refuse":
            refuse_membership(membership=membership, by=request.user)
            messages.success(request, _("La demande de %(name)s est refusée.") % {"name": name})
        elif action == "role" and role in Role.values:
            change_role(membership=membership, by=request.user, role=role)
            messages.success(request, _("Le rôle de %(name)s est changé.") % {"name": name})
        elif action == "end":
            end_membership(membership=membership, by=request.user)
            messages.success(request, _("%(name)s n’agit plus pour cette organisation.") % {"name": name})
    except NotAllowed:
        raise PermissionDenied from None
    except LastOwner:
        messages.error(
            request,
            _("Il faut au moins une personne responsable. Confiez d’abord ce rôle à quelqu’un d’autre."),
        )
    return redirect(_next_after_decision(request, organisation, membership))


@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """Staff: every request that waits, oldest first."""
    if not request.user.is_staff:
        raise Http404
    rows = Membership.objects.waiting().select_related("person", "organisation__territory")
    page = Paginator(rows.order_by("requested_at", "id"), _A_PAGE).get_page(request.GET.get("page"))
    unanswered = Organisation.objects.waiting_for_their_host().select_related("host").order_by("updated_at", "id")
    # Where somebody owns the host, it is theirs to answer.
    owned = Membership.objects.confirmed().filter(role=Role.OWNER, organisation=OuterRef("host"))
    guests = unanswered.exclude(Exists(owned))[:_A_PAGE]
    return render(request, "member/requests.html", {"page_obj": page, "roles": Role.choices, "guests": guests})


def _organisation_with_people(request: HttpRequest, slug: str) -> Organisation:
    organisation = get_object_or_404(Organisation.objects.select_related("territory", "host"), slug=slug)
    if not (request.user.is_staff or may_read_desk(request.user, organisation)):
        raise Http404
    return organisation


def _next_after_decision(request: HttpRequest, organisation: Organisation, membership: Membership) -> str:
    """Staff go back to their list, members to theirs, who leaves to their other desks."""
    if request.POST.get("back") == "requests" and request.user.is_staff:
        return reverse("membership_requests")
    if membership.pk is None and membership.person_id == request.user.pk:
        return reverse("desk")
    return reverse("members", args=[organisation.slug])
