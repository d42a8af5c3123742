"""Verbs about calls for projects: the window, the grid, who assesses, what they found, who was chosen."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Avg, Case, Count, F, FloatField, QuerySet, Sum, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matching import events
from matching.catalogue.editions import new_edition
from matching.catalogue.models import Kind, Offer
from matching.catalogue.texts import tidy
from matching.organisations.models import Membership
from matching.organisations.permissions import may_speak_for
from matching.organisations.services import NotAllowed
from matching.partnerships.models import (
    DECIDED,
    Application,
    Assessment,
    Assessor,
    Call,
    Criterion,
    Mark,
    State,
)
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.permissions import may_assess
from matching.people.models import Person
from matching.territories.zones import zone_of

LONGEST_COMMENT = 3000
#: Grades are told out of twenty, as in every French school.
OUT_OF = 20
_STILL_IN = (State.FILED, State.EXAMINATION, *DECIDED)


class Refused(ValueError):
    """This cannot be done as the call stands; str() says why to people."""


class CriterionFacts(NamedTuple):
    """One line of the grid as it is written."""

    name: str
    weight: int = 1
    low_is_better: bool = False


@transaction.atomic
def set_window(*, offer: Offer, person: Person, opens_at: datetime, closes_at: datetime) -> Call:
    """Make an offer of money a call, or move its window. Raises NotAllowed, Refused."""
    if not may_speak_for(person, offer.organisation) or Kind.FUNDING not in offer.kinds:
        raise NotAllowed
    call = Call.objects.select_for_update().filter(offer=offer).first()
    if closes_at <= opens_at:
        raise Refused(_("La clôture vient avant l’ouverture. Vérifiez les deux."))
    if call and call.opens_at <= timezone.now() and (closes_at < call.closes_at or opens_at > call.opens_at):
        raise Refused(_("L’appel est ouvert : sa clôture peut être repoussée, pas avancée."))
    call, _is_new = Call.objects.update_or_create(offer=offer, defaults={"opens_at": opens_at, "closes_at": closes_at})
    zone = zone_of(offer.territory)
    # The days that lists and the matcher know.
    offer.opens, offer.closes = opens_at.astimezone(zone).date(), closes_at.astimezone(zone).date()
    offer.save(update_fields=["opens", "closes", "updated_at"])
    return call


@transaction.atomic
def set_criteria(*, call: Call, person: Person, criteria: Iterable[CriterionFacts]) -> None:
    """Write the whole grid anew; not once somebody has assessed by it. Raises NotAllowed, Refused."""
    call = _locked(call, person)
    if is_assessed(call):
        raise Refused(_("Une évaluation est déjà rendue : la grille ne change plus."))
    call.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(call=call, position=at, name=tidy(one.name), weight=one.weight, low_is_better=one.low_is_better)
        for at, one in enumerate(criteria)
    )


@transaction.atomic
def name_assessors(*, call: Call, person: Person, assessors: Iterable[Person]) -> None:
    """These assess, and no others; whoever has handed something in stays. Raises NotAllowed, also for outsiders."""
    call = _locked(call, person)
    wanted = {one.pk: one for one in assessors}
    members = Membership.objects.confirmed().filter(organisation=call.offer.organisation, person__in=wanted)
    if set(members.values_list("person_id", flat=True)) != set(wanted):
        raise NotAllowed
    call.assessors.filter(assessments__isnull=True).exclude(person__in=wanted).delete()
    there = set(call.assessors.values_list("person_id", flat=True))
    for key, one in wanted.items():
        if key not in there:
            assessor = Assessor.objects.create(call=call, person=one, named_by=person)
            events.assessor_named.send(sender=Assessor, assessor=assessor)


def assess(*, application: Application, person: Person, marks: Mapping[int, int], comment: str) -> Assessment:
    """Hand in what one assessor found: a mark for each criterion (by its key) and a word. Once for all.

    Raises NotAllowed, Refused.
    """
    if not may_assess(person, application):
        raise NotAllowed
    call = application.offer.call
    comment = tidy(comment)
    criteria = set(call.criteria.values_list("pk", flat=True))
    if not criteria or set(marks) != criteria or not all(0 <= value <= Criterion.BEST for value in marks.values()):
        raise Refused(_("Donnez une note de 0 à 5 à chaque critère."))
    if not comment or len(comment) > LONGEST_COMMENT:
        raise Refused(_("Dites en quelques mots ce que vous en pensez."))
    try:
        with transaction.atomic():
            # The grid cannot change under the marks.
            Call.objects.select_for_update().get(pk=call.pk)
            assessment = Assessment.objects.create(
                assessor=call.assessors.get(person=person), application=application, comment=comment
            )
            Mark.objects.bulk_create(
                Mark(assessment=assessment, criterion_id=key, value=value) for key, value in marks.items()
            )
    except IntegrityError:
        raise Refused(_("Votre évaluation est déjà rendue : elle ne change plus.")) from None
    return assessment


@transaction.atomic
def publish_winners(*, call: Call, person: Person) -> Call:
    """From now on everybody reads who was chosen, and why. Raises NotAllowed, Refused."""
    call = _locked(call, person)
    if timezone.now() <= call.closes_at:
        raise Refused(_("L’appel n’est pas clos : attendez la clôture."))
    waiting = Application.objects.filter(offer=call.offer).undecided().count()
    if waiting:
        raise Refused(_("Des candidatures attendent encore une décision : %(count)s.") % {"count": waiting})
    call.published_at = call.published_at or timezone.now()
    call.save(update_fields=["published_at"])
    # Pages kept for strangers lead there from now on.
    new_edition()
    return call


def winners(call: Call) -> QuerySet[Application]:
    """Who was chosen, in the order of filing."""
    chosen = Application.objects.filter(offer=call.offer, state=State.ACCEPTED)
    return chosen.select_related("applicant", "partnership").order_by("filed_at", "pk")


def competing(call: Call) -> QuerySet[Application]:
    """What was filed and not withdrawn, in the order of filing."""
    return Application.objects.filter(offer=call.offer, state__in=_STILL_IN, filed_at__isnull=False).order_by(
        "filed_at", "pk"
    )


def with_grades(applications: QuerySet[Application], criteria: Iterable[Criterion]) -> QuerySet[Application]:
    """Each with `assessed` (by how many) and `grade` out of OUT_OF, None where nobody has assessed it."""
    best = sum(one.weight for one in criteria) * Criterion.BEST or 1
    mark, weight = F("assessments__marks__value"), F("assessments__marks__criterion__weight")
    low = When(assessments__marks__criterion__low_is_better=True, then=(Criterion.BEST - mark) * weight)
    assessed = Count("assessments", distinct=True)
    points = Cast(Sum(Case(low, default=mark * weight)), FloatField())
    return applications.annotate(assessed=assessed, grade=points * OUT_OF / (best * assessed))


def best_first(applications: QuerySet[Application]) -> QuerySet[Application]:
    """The highest grade first; what nobody has assessed comes last."""
    return applications.order_by(F("grade").desc(nulls_last=True), "filed_at", "pk")


def is_assessed(call: Call) -> bool:
    """Whether somebody has handed in an assessment: the grid stays as it is from then on."""
    return Assessment.objects.filter(assessor__call=call).exists()


def assessments_of(application: Application) -> QuerySet[Assessment]:
    """What was handed in about one application, with who and which marks."""
    return application.assessments.select_related("assessor__person").prefetch_related("marks__criterion")


def means(applications: Iterable[Application]) -> dict[tuple[int, int], float]:
    """By application and criterion, the mean of the marks as they were given."""
    rows = Mark.objects.filter(assessment__application__in=list(applications)).order_by()
    told = rows.values_list("assessment__application", "criterion").annotate(mean=Avg("value"))
    return {(application, criterion): mean for application, criterion, mean in told}


def check_window(offer: Offer, now: datetime | None = None) -> None:
    """Whether an application may be filed in this second. Raises ImpossibleMove: says when, by the clock there."""
    call = Call.objects.filter(offer=offer).first()
    if call is None:
        return
    now = (now or timezone.now()).replace(microsecond=0)
    if now < call.opens_at:
        raise ImpossibleMove(
            _("L’appel ouvre le %(when)s. Votre brouillon est gardé.") % {"when": moment(call, call.opens_at)}
        )
    if now > call.closes_at:
        raise ImpossibleMove(_("L’appel est clos depuis le %(when)s.") % {"when": moment(call, call.closes_at)})


def moment(call: Call, at: datetime) -> str:
    """An instant by the clock of the call's territory, to the second, with the place where it is not Paris's."""
    zone = zone_of(call.offer.territory)
    there = at.astimezone(zone)
    said = date_format(there, "j F Y, H:i:s")
    elsewhere = there.utcoffset() != timezone.localtime(at).utcoffset()
    return _("%(when)s (heure de %(place)s)") % {"when": said, "place": call.offer.territory} if elsewhere else said


def _locked(call: Call, person: Person) -> Call:
    call = Call.objects.select_for_update(of=("self",)).select_related("offer__organisation").get(pk=call.pk)
    if not may_speak_for(person, call.offer.organisation):
        raise NotAllowed
    return call
