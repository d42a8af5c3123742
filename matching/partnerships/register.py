"""The public register of agreed partnerships, and what the law adds to them."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from matching.catalogue.texts import tidy
from matching.organisations.permissions import may_speak_for
from matching.organisations.services import NotAllowed
from matching.partnerships.models import GrantNotice, Partnership
from matching.people.models import Person


class UnfitNotice(ValueError):
    """What is said of the payment does not hold together; str() says why. field: where."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def write_notice(
    *,
    partnership: Partnership,
    person: Person,
    payment: str,
    payment_text: str = "",
    pays_from: date | None = None,
    pays_until: date | None = None,
    notified: bool = False,
    de_minimis: bool = False,
) -> GrantNotice:
    """The authority says how a grant is paid. Raises NotAllowed, UnfitNotice."""
    if not may_speak_for(person, partnership.authority):
        raise NotAllowed
    payment_text = tidy(payment_text)
    if payment == GrantNotice.Payment.OTHER and not payment_text:
        raise UnfitNotice(_("Dites comment le montant est versé."), "payment_text")
    if pays_until and (pays_from is None or pays_until < pays_from):
        raise UnfitNotice(_("La dernière date de versement précède la première."), "pays_until")
    if notified and de_minimis:
        raise UnfitNotice(_("Une aide de minimis n’est pas notifiée : choisissez l’une des deux."), "de_minimis")
    notice, _is_new = GrantNotice.objects.update_or_create(
        partnership=partnership,
        defaults={
            "payment": payment,
            "payment_text": payment_text if payment == GrantNotice.Payment.OTHER else "",
            "pays_from": pays_from,
            "pays_until": pays_until,
            "notified": notified,
            "de_minimis": de_minimis,
            "written_by": person,
        },
    )
    return notice
