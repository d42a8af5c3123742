"""Verbs about what is said inside an application: to the other side, or as a note among those of the authority."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum

from matching import events
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships.attachments import keep, laid_down
from matching.partnerships.files import CleanFile
from matching.partnerships.models import Application, Remark, RemarkFile
from matching.partnerships.moves import Side
from matching.partnerships.permissions import may_say
from matching.partnerships.services import LONGEST, ConversationFull, UnfitText
from matching.partnerships.silence import note_sign
from matching.people.models import Person


def say(
    *,
    application: Application,
    organisation: Organisation,
    person: Person,
    text: str,
    form_key: UUID,
    files: Sequence[CleanFile] = (),
    is_internal: bool = False,
) -> Remark:
    """Write in the file. The same form_key writes one.

    Raises NotAllowed (also for a note of somebody else than the authority, or before the filing), UnfitText,
    ConversationFull.
    """
    if not may_say(person, application, organisation, is_internal=is_internal):
        raise NotAllowed
    text = tidy(text)
    if not text or len(text) > LONGEST:
        raise UnfitText
    with laid_down(files) as names:
        return _write(application, organisation, person, text, form_key, files, names, is_internal)


def remarks_for(application: Application, side: Side) -> QuerySet[Remark]:
    """What this side reads, oldest first."""
    rows = application.remarks.select_related("author", "organisation").prefetch_related("files")
    return rows if side == Side.AUTHORITY else rows.filter(is_internal=False)


def files_for(application: Application, side: Side) -> QuerySet[RemarkFile]:
    """The files that this side may take."""
    rows = RemarkFile.objects.filter(remark__application=application)
    return rows if side == Side.AUTHORITY else rows.filter(remark__is_internal=False)


@transaction.atomic
def _write(
    application: Application,
    organisation: Organisation,
    person: Person,
    text: str,
    form_key: UUID,
    files: Sequence[CleanFile],
    names: Sequence[str],
    is_internal: bool,
) -> Remark:
    # One at a time: what is counted stays true.
    application = Application.objects.select_for_update(of=("self",)).select_related("offer").get(pk=application.pk)
    facts = {"application": application, "organisation": organisation, "is_internal": is_internal}
    if known := Remark.objects.filter(form_key=form_key).first():
        if any(getattr(known, name) != value for name, value in facts.items()):
            raise NotAllowed
        return known
    _check_room(application, files)
    try:
        with transaction.atomic():
            remark = Remark.objects.create(form_key=form_key, author=person, text=text, **facts)
    except IntegrityError:
        # The key of another application's form, at the same moment.
        raise NotAllowed from None
    keep(RemarkFile, files, names, remark=remark)
    if not is_internal:
        if organisation.pk == application.offer.organisation_id:
            note_sign(application)
        events.application_said.send(sender=Remark, remark=remark)
    return remark


def _check_room(application: Application, files: Sequence[CleanFile]) -> None:
    if files:
        held = RemarkFile.objects.filter(remark__application=application).aggregate(size=Sum("size"))["size"] or 0
        if held + sum(len(file.content) for file in files) > settings.ATTACHMENTS_LARGEST_CONVERSATION:
            raise ConversationFull
