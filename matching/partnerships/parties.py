"""Verbs about who takes part in an application beside the applicant: each is asked, each answers for itself."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from matching import events
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Application, Party, State
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.permissions import may_answer_as_party, may_change
from matching.people.models import Person

MOST_PARTIES = 10

Consent = Party.Consent


def missing(application: Application) -> list[str]:
    """The names of those who have not said yes, or have taken their yes back."""
    waiting = application.parties.exclude(consent=Consent.GIVEN).order_by("pk")
    return list(waiting.values_list("organisation__name", flat=True))


def is_gathering(application: Application) -> bool:
    """Whether one may still ask, agree and part as one likes: it is a draft, or a correction is awaited."""
    return application.state == State.DRAFT or bool(application.correction)


def ask(application: Application, organisation: Organisation, role: str) -> Party:
    """Ask an organisation whether it takes part."""
    party = Party.objects.create(application=application, organisation=organisation, role=role)
    events.party_changed.send(sender=Party, party=party)
    return party


@transaction.atomic
def invite(*, application: Application, person: Person, organisation: Organisation, role: str) -> Party:
    """The applicant asks another collective, or who carries it. Asking twice asks once.

    Raises NotAllowed, ImpossibleMove.
    """
    application = _gathering(application)
    if not may_change(person, application):
        raise NotAllowed
    if organisation.pk == application.applicant_id:
        raise ImpossibleMove(_("C’est votre organisation : elle mène déjà la candidature."))
    if organisation.pk == application.offer.organisation_id:
        raise ImpossibleMove(_("C’est elle qui reçoit la candidature : elle ne peut pas y prendre part."))
    if role == Party.Role.PARTNER and organisation.is_authority:
        raise ImpossibleMove(_("Une collectivité n’est pas candidate. Proposez-le à un collectif."))
    known = application.parties.filter(organisation=organisation).first()
    if known:
        return known if known.consent in (Consent.ASKED, Consent.GIVEN) else _answered(known, Consent.ASKED, None)
    if application.parties.count() >= MOST_PARTIES:
        raise ImpossibleMove(_("À %(most)s, c’est déjà beaucoup : retirez quelqu’un d’abord.") % {"most": MOST_PARTIES})
    if role == Party.Role.CARRIER and application.parties.filter(role=Party.Role.CARRIER).exists():
        raise ImpossibleMove(_("Une seule structure porte une candidature. Retirez l’autre d’abord."))
    return ask(application, organisation, role)


@transaction.atomic
def remove(*, party: Party, person: Person) -> None:
    """The applicant goes on without that organisation. Raises NotAllowed, ImpossibleMove."""
    application = _gathering(party.application)
    if not may_change(person, application):
        raise NotAllowed
    Party.objects.filter(pk=party.pk).delete()


@transaction.atomic
def answer(*, party: Party, person: Person, agrees: bool) -> Party:
    """An organisation says whether it takes part in what the application says now. Saying it twice changes nothing.

    Raises NotAllowed, ImpossibleMove.
    """
    # The application first, as everywhere; then the party as it stands.
    _gathering(party.application)
    party = _locked(party)
    if not may_answer_as_party(person, party):
        raise NotAllowed
    consent = Consent.GIVEN if agrees else Consent.REFUSED
    return party if party.consent == consent else _answered(party, consent, person)


@transaction.atomic
def leave(*, party: Party, person: Person) -> Party:
    """An organisation that had agreed takes part no more, until the decision. What it leaves is not decided without
    the applicant having said how it goes on. Raises NotAllowed, ImpossibleMove.
    """
    application = _application(party.application)
    party = _locked(party)
    if not may_answer_as_party(person, party):
        raise NotAllowed
    if party.consent == Consent.LEFT:
        return party
    if party.consent != Consent.GIVEN or application.state not in (State.DRAFT, State.FILED, State.EXAMINATION):
        raise ImpossibleMove(_("La décision est prise : parlez-en dans la convention, ou au collectif qui candidate."))
    return _answered(party, Consent.LEFT, person)


def ask_again(application: Application) -> None:
    """What they had said yes to has changed: each is asked again."""
    for party in application.parties.filter(consent=Consent.GIVEN):
        _answered(party, Consent.ASKED, None)


def _answered(party: Party, consent: str, person: Person | None) -> Party:
    party.consent, party.answered_by = consent, person
    party.answered_at = timezone.now() if person else None
    party.save()
    events.party_changed.send(sender=Party, party=party)
    return party


def _gathering(application: Application) -> Application:
    """The application, locked, while who takes part may change. Raises ImpossibleMove."""
    application = _application(application)
    if not is_gathering(application):
        raise ImpossibleMove(
            _("La candidature est déposée : qui y prend part ne change plus, sauf si une correction est demandée.")
        )
    return application


def _application(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("offer", "applicant")
    return rows.get(pk=application.pk)


def _locked(party: Party) -> Party:
    """The party as it stands. Raises NotAllowed if it is gone."""
    rows = Party.objects.select_for_update(of=("self",)).select_related("organisation", "application__applicant")
    found = rows.filter(pk=party.pk).first()
    if found is None:
        raise NotAllowed
    return found
