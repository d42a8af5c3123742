"""For which organisation a person acts now: kept in the session, always checked against the database."""

from django.http import HttpRequest

from matching.organisations.models import Membership, Organisation

SESSION_KEY = "acting_for"


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The person's memberships, requests included, with their organisations; read once per request."""
    if not hasattr(request, "_memberships"):
        person = getattr(request, "user", None)
        known = person is not None and person.is_authenticated
        request._memberships = (  # type: ignore[attr-defined]
            list(
                Membership.objects.filter(person=person)
                .select_related("organisation__territory", "organisation__exact_territory")
                .order_by("organisation__name", "id")
            )
            if known
            else []
        )
    return request._memberships  # type: ignore[attr-defined, no-any-return]


def organisations_of(request: HttpRequest) -> list[Organisation]:
    """The organisations that the person may switch between; those still waiting come last."""
    memberships = sorted(memberships_of(request), key=lambda membership: not membership.is_confirmed)
    return [membership.organisation for membership in memberships]


def acting_organisation(request: HttpRequest) -> Organisation | None:
    """The organisation chosen last, if the person still belongs to it; else the first one."""
    organisations = organisations_of(request)
    chosen = request.session.get(SESSION_KEY) if organisations else None
    return next(
        (organisation for organisation in organisations if str(organisation.uuid) == chosen),
        organisations[0] if organisations else None,
    )


def acting_membership(request: HttpRequest) -> Membership | None:
    """The person's own confirmed membership of the organisation that they act for."""
    organisation = acting_organisation(request)
    return next((own for own in memberships_of(request) if own.is_confirmed and own.organisation == organisation), None)


def act_for(request: HttpRequest, organisation: Organisation) -> None:
    """Remember this organisation as the current one."""
    if request.session.get(SESSION_KEY) != str(organisation.uuid):
        request.session[SESSION_KEY] = str(organisation.uuid)
