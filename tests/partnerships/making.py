"""Short ways to a partnership, through the services that people use."""

from uuid import uuid4

from django.utils.timezone import localdate

from matching.partnerships import applications, conventions
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Partnership


def prepared(offer, applicant, *, member, officer, granted_cents=0, **facts) -> Partnership:
    """An accepted application: a partnership to prepare, whose convention is filled in."""
    facts = {"title": "Ateliers du samedi", "purpose": "Réparer ensemble.", "brings": "Dix bénévoles.", **facts}
    application = applications.begin(
        offer=offer, applicant=applicant, person=member, facts=ApplicationFacts(**facts), form_key=uuid4()
    )
    application = applications.file(application=application, person=member, filed={"title": facts["title"]})
    application = applications.take_up(application=application, person=officer)
    return applications.accept(
        application=application, person=officer, reason="Le projet ouvre la salle.", granted_cents=granted_cents
    )


def signed(partnership, *, member, officer) -> Partnership:
    """Both sides have said what is asked, and agree to the latest version."""
    conventions.give_act(partnership=partnership, person=officer, reference="2026-11-042", on=localdate())
    number = conventions.latest_of(partnership).number
    for side, person in ((partnership.authority, officer), (partnership.parties.get().organisation, member)):
        conventions.validate(partnership=partnership, organisation=side, person=person, number=number)
    partnership.refresh_from_db()
    return partnership


def draft_of(version, **changes) -> conventions.Draft:
    """What a version says, as somebody would write it again, with these changes."""
    same = {
        "form": version.form,
        "clauses": [(row["key"], row["title"], row["text"]) for row in version.clauses],
        "promises": [],
        "in_kind_cents": version.in_kind_cents,
        "in_kind_text": version.in_kind_text,
        "starts": version.starts,
        "ends": version.ends,
        "review_on": version.review_on,
        "note": "Une précision.",
    }
    return conventions.Draft(**{**same, **changes})
