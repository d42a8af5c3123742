"""Where a call for projects stands now, in words, for whoever thinks of applying."""

from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.catalogue.models import Kind, Offer
from matching.partnerships.calls import moment
from matching.partnerships.models import Call


class Window(NamedTuple):
    """What is said of it."""

    is_open: bool
    title: str
    text: str
    winners_url: str = ""


def call_window(offer: Offer, is_live: bool = True) -> Window | None:
    """None where an offer is no call. One query for an offer of money, none for others.

    is_live: the page is drawn now, and may tell whether the call is open; one that is kept tells the dates alone.
    """
    if Kind.FUNDING not in offer.kinds:
        return None
    call = Call.objects.select_related("offer__territory").filter(offer=offer).first()
    if call is None:
        return None
    ends = {"opens": moment(call, call.opens_at), "closes": moment(call, call.closes_at)}
    text = _("Ouvert du %(opens)s au %(closes)s.") % ends
    url = reverse("public:winners", args=[offer.uuid]) if call.published_at else ""
    if not is_live:
        return Window(True, _("Appel à projets"), text, url)
    now = timezone.now().replace(microsecond=0)
    if now < call.opens_at:
        text = _("%(text)s Vous pouvez déjà préparer un brouillon.") % {"text": text}
        return Window(False, _("Appel à projets : pas encore ouvert"), text)
    if now > call.closes_at:
        text = _("Il a fermé le %(closes)s. On ne peut plus y candidater.") % ends
        return Window(False, _("Appel à projets : clos"), text, url)
    return Window(True, _("Appel à projets : ouvert"), text)
