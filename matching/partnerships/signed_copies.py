"""The paper that was signed by hand: kept as it came, with its SHA-256, beside the version that it holds."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from matching.organisations.models import Organisation
from matching.partnerships.attachments import keep, laid_down
from matching.partnerships.conventions import Unfit, signed_of
from matching.partnerships.files import CleanFile
from matching.partnerships.journal import locked_for, record
from matching.partnerships.models import Partnership, SignedCopy, What
from matching.partnerships.moves import ImpossibleMove
from matching.people.models import Person

MOST_COPIES = 10


def add_copy(*, partnership: Partnership, organisation: Organisation, person: Person, file: CleanFile) -> SignedCopy:
    """Keep a signed copy of the version that binds; the very same file twice is kept once.

    Raises NotAllowed, ImpossibleMove before everybody has agreed, Unfit for too many.
    """
    with laid_down([file]) as names, transaction.atomic():
        partnership = locked_for(partnership, organisation, person)
        version = signed_of(partnership)
        if version is None:
            raise ImpossibleMove(_("Toutes les parties valident d’abord la même version : vous signerez celle-là."))
        sha256 = hashlib.sha256(file.content).hexdigest()
        if same := version.copies.filter(sha256=sha256).first():
            return same
        if version.copies.count() >= MOST_COPIES:
            raise Unfit(_("Cette version a déjà %(most)s exemplaires.") % {"most": MOST_COPIES}, "file")
        (copy,) = keep(SignedCopy, [file], names, version=version, sha256=sha256, organisation=organisation, by=person)
        record(partnership, What.COPY, by=person, organisation=organisation, text=copy.name)
        return copy
