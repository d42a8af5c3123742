"""What waits on a desk because of applications: to decide, to mend, to file, to agree to."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.partnerships.models import Application, Party, Remark, State
from matching.screens.access import Desk
from matching.screens.errand import Errand
from matching.screens.gathering import Row, Sort
from matching.screens.numbers import day

_AT_MOST = 30


def application_errands(desk: Desk, asked: list[Row], said: list[Row]) -> Iterator[Errand]:
    """Everything that waits, in one query; asked, said: the rows of asked_parties() and of files_to_answer()."""
    if not desk.is_confirmed:
        return
    yield from _to_agree(asked)
    yield from _to_answer(said)
    yield from _to_decide(desk) if desk.organisation.is_authority else _of_ours(desk)


def _to_decide(desk: Desk) -> Iterator[Errand]:
    """One for each offer, the longest wait first: however many came, they are one list."""
    open_ones = Application.objects.received_by(desk.organisation).undecided().filter(correction="")
    offers = (
        open_ones.order_by()
        .values("offer__uuid", "offer__title")
        .annotate(
            count=Count("pk"),
            new=Count("pk", filter=Q(state=State.FILED)),
            late=Count("pk", filter=Q(due_on__lt=localdate())),
            oldest=Min("filed_at"),
        )
        .order_by("-late", "oldest")[:_AT_MOST]
    )
    for row in offers:
        yield Errand(
            icon="file",
            title=ngettext("%(count)s candidature à décider", "%(count)s candidatures à décider", row["count"])
            % {"count": row["count"]},
            note=_("%(offer)s · la plus ancienne est du %(day)s")
            % {"offer": row["offer__title"], "day": day(localtime(row["oldest"]))},
            action=_("Ouvrir"),
            url=reverse("offer_applications", args=[desk.organisation.slug, row["offer__uuid"]]),
            mark=_how(row),
            tone="warn",
        )


def _how(row: dict[str, Any]) -> str:
    """How these press: late ones first, then new ones."""
    if row["late"]:
        return _("%(count)s en retard") % {"count": row["late"]}
    if row["new"]:
        return ngettext("%(count)s nouvelle", "%(count)s nouvelles", row["new"]) % {"count": row["new"]}
    return _("en instruction")


def asked_parties(desk: Desk) -> Sort:
    """Those who ask this organisation to carry their application, or to take part in it."""
    may_answer = Q(application__state=State.DRAFT) | ~Q(application__correction="")
    rows = Party.objects.filter(may_answer, organisation=desk.organisation, consent=Party.Consent.ASKED)
    facts = {"role": "role", "who": "application__applicant__name", "title": "application__title"}
    return Sort("asked", rows, ("asked_at", "pk"), {**facts, "uuid": "application__uuid"})


def _to_agree(asked: list[Row]) -> Iterator[Errand]:
    for party in asked:
        said = (
            _("%(who)s vous demande de porter sa candidature")
            if party["role"] == Party.Role.CARRIER
            else _("%(who)s vous propose de candidater ensemble")
        )
        yield Errand(
            icon="people",
            title=said % {"who": party["who"]},
            note=party["title"],
            action=_("Lire et répondre"),
            url=reverse("application", args=[UUID(party["uuid"])]),
            mark=_("réponse attendue"),
            tone="warn",
        )


def files_to_answer(desk: Desk) -> Sort:
    """Files whose last word is the other side's."""
    said = Remark.objects.filter(application=OuterRef("pk"), is_internal=False).order_by("-at", "-pk")
    receives = desk.organisation.is_authority
    ours = {"offer__organisation" if receives else "applicant": desk.organisation}
    by_authority = Q(last_by=F("offer__organisation"))
    rows = (
        Application.objects.filter(**ours, state__in=[State.FILED, State.EXAMINATION])
        .annotate(last_by=Subquery(said.values("organisation")[:1]), last_at=Subquery(said.values("at")[:1]))
        .filter(~by_authority if receives else by_authority, last_by__isnull=False)
    )
    facts = {"uuid": "uuid", "title": "title", "who": "applicant__name" if receives else "offer__organisation__name"}
    return Sort("said", rows, ("last_at", "pk"), facts)


def _to_answer(said: list[Row]) -> Iterator[Errand]:
    for application in said:
        yield Errand(
            icon="message",
            title=_("%(who)s vous a écrit dans un dossier") % {"who": application["who"]},
            note=application["title"],
            action=_("Lire et répondre"),
            url=f"{reverse('application', args=[UUID(application['uuid'])])}#messages",
            mark=_("réponse attendue"),
            tone="warn",
        )


def _of_ours(desk: Desk) -> Iterator[Errand]:
    """What is to be mended first, then what is to be filed."""
    ours = Application.objects.filter(applicant=desk.organisation)
    waiting = ours.filter(Q(state=State.DRAFT) | ~Q(correction="")).select_related("offer__organisation")
    for application in sorted(waiting.order_by("-updated_at", "-pk")[:_AT_MOST], key=lambda one: not one.correction):
        asked = bool(application.correction)
        yield Errand(
            icon="file",
            title=_("%(who)s vous demande une correction") % {"who": application.offer.organisation.name}
            if asked
            else application.title,
            note=application.title
            if asked
            else _("Candidature commencée pour « %(offer)s », pas encore déposée.")
            % {"offer": application.offer.title},
            action=_("Corriger") if asked else _("Reprendre"),
            url=reverse("application", args=[application.uuid]),
            mark=_("correction demandée") if asked else _("à déposer"),
            tone="warn" if asked else "",
        )
