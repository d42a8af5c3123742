"""What follows a fact of the domain. Enqueued in the fact's own transaction: both are kept, or neither."""

import logging

from django.dispatch import receiver
from django_q.signals import post_spawn

from cms.spreading import follow_agreement
from matching import events
from matching.catalogue.editions import new_edition
from matching.catalogue.models import Listing, Need, Offer
from matching.catalogue.services import doubt_matches_of, publish_waiting, withhold_again
from matching.moderation.models import Report, Step
from matching.notices import letters
from matching.notices import services as notices
from matching.notices.models import Notice
from matching.organisations.models import Membership, Organisation
from matching.partnerships.models import Application, Assessor, Message, Partnership, Party, Remark, Transmission
from matching.partnerships.models import Step as Move
from matching.suggestions import services as suggestions
from matching.suggestions.models import Suggestion
from tasks import queue
from tasks.jobs import MATCH_JOBS

logger = logging.getLogger(__name__)


@receiver(events.listing_changed, dispatch_uid="tasks.match")
def match_if_published(sender: type[Offer] | type[Need], listing: Offer | Need, **_: object) -> None:
    """A listing that may be suggested is matched in the background; any other one is proposed to nobody."""
    if listing.is_suggestible:
        queue.enqueue(MATCH_JOBS[sender], listing.pk)
    else:
        suggestions.withdraw_listing(listing=listing)


@receiver(events.suggestions_switched, dispatch_uid="tasks.switch")
def follow_switch(organisation: Organisation, **_: object) -> None:
    """An organisation opted out or in again: its pairs that nobody acted on go, or its listings are matched anew."""
    if organisation.wants_suggestions:
        doubt_matches_of(organisation=organisation)
    else:
        suggestions.withdraw_organisation(organisation=organisation)


@receiver(events.discretion_changed, dispatch_uid="tasks.discretion")
def follow_discretion(organisation: Organisation, **_: object) -> None:
    """What its needs say of their place follows."""
    withhold_again(organisation=organisation)


@receiver(events.suggestions_made, dispatch_uid="tasks.tell_of_suggestions")
def tell_of_suggestions(listing: Listing, created: list[int], **_: object) -> None:
    notices.tell_of_suggestions(suggestion_ids=created)


@receiver(events.message_sent, dispatch_uid="tasks.tell_of_message")
def tell_of_message(message: Message, **_: object) -> None:
    notices.tell_of_message(message=message)


@receiver(events.match_proposed, dispatch_uid="tasks.tell_of_proposal")
def tell_of_proposal(suggestion: Suggestion, **_: object) -> None:
    notices.tell_of_proposal(suggestion=suggestion)


@receiver(events.transmitted, dispatch_uid="tasks.tell_of_transmission")
def tell_of_transmission(transmission: Transmission, **_: object) -> None:
    notices.tell_of_transmission(transmission=transmission)


@receiver(events.answer_awaited, dispatch_uid="tasks.remind")
def remind(message: Message, **_: object) -> None:
    notices.tell_of_silence(message=message)


@receiver(events.membership_requested, dispatch_uid="tasks.tell_of_request")
def tell_of_request(membership: Membership, **_: object) -> None:
    notices.tell_of_request(membership=membership)


@receiver(events.membership_confirmed, dispatch_uid="tasks.confirmed")
def publish_what_waited(membership: Membership, **_: object) -> None:
    publish_waiting(membership=membership)
    notices.tell_of_confirmation(membership=membership)


@receiver(events.host_asked, dispatch_uid="tasks.tell_of_guest")
def tell_of_guest(organisation: Organisation, **_: object) -> None:
    notices.tell_of_guest(guest=organisation)


@receiver(events.carrier_changed, dispatch_uid="tasks.match_again")
def match_again(organisation: Organisation, **_: object) -> None:
    """Its legal form before the gates is another one now."""
    doubt_matches_of(organisation=organisation)


@receiver(events.validity_asked, dispatch_uid="tasks.tell_of_question")
def tell_of_question(listing: Offer | Need, **_: object) -> None:
    notices.tell_of_validity(listing=listing, kind=Notice.Kind.VALIDITY)


@receiver(events.paused_unanswered, dispatch_uid="tasks.tell_of_pause")
def tell_of_pause(listing: Offer | Need, **_: object) -> None:
    notices.tell_of_validity(listing=listing, kind=Notice.Kind.PAUSED)


@receiver(events.reported, dispatch_uid="tasks.ask_address")
def ask_address(report: Report, **_: object) -> None:
    letters.note_confirmation(report=report)


@receiver(events.report_confirmed, dispatch_uid="tasks.answer_report")
def answer_report(report: Report, **_: object) -> None:
    letters.note_answer(report=report)


@receiver(events.case_decided, dispatch_uid="tasks.tell_of_decision")
def tell_of_decision(step: Step, **_: object) -> None:
    """The organisations concerned, and whoever reported and has an answer to read."""
    notices.tell_of_decision(step=step)
    letters.note_answers(step=step)


@receiver(events.application_moved, dispatch_uid="tasks.tell_of_move")
def tell_of_move(step: Move, application: Application, **_: object) -> None:
    notices.tell_of_move(move=step)
    if application.is_decided:
        # How long the authority takes stands on its public page.
        new_edition()


@receiver(events.application_said, dispatch_uid="tasks.tell_of_remark")
def tell_of_remark(remark: Remark, **_: object) -> None:
    notices.tell_of_remark(remark=remark)


@receiver(events.application_silent, dispatch_uid="tasks.tell_of_owed")
def tell_of_owed(application: Application, **_: object) -> None:
    notices.tell_of_owed(application=application)


@receiver(events.party_changed, dispatch_uid="tasks.tell_of_party")
def tell_of_party(party: Party, **_: object) -> None:
    notices.tell_of_party(party=party)


@receiver(events.assessor_named, dispatch_uid="tasks.tell_of_naming")
def tell_of_naming(assessor: Assessor, **_: object) -> None:
    notices.tell_of_naming(assessor=assessor)


@receiver(events.partnership_changed, dispatch_uid="tasks.follow_agreement")
def confirm_replication(partnership: Partnership, **_: object) -> None:
    """What is signed confirms the recipe that it adapts; what ends is told on that recipe's page."""
    if partnership.is_agreed:
        follow_agreement(partnership=partnership)
        new_edition()


@receiver(events.partnership_changed, dispatch_uid="tasks.tell_of_partnership")
def tell_of_partnership(partnership: Partnership, what: str, by: Organisation | None = None, **_: object) -> None:
    notices.tell_of_partnership(partnership=partnership, what=what, by=by)


@receiver(post_spawn, dispatch_uid="tasks.warm_up")
def warm_up(**_: object) -> None:
    """A new worker loads the matcher before its first task: whoever publishes next does not wait for it."""
    try:
        suggestions.warm_up()
    except Exception:
        logger.exception("The matcher could not be loaded ahead of the first task")
