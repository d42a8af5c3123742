"""Verbs about the saved states of the matcher: the newest sound one is used, a spoiled one is put aside.

Folders lie in MATCHER_DIR, which every host of the service must share.
"""

from __future__ import annotations

import logging
import shutil
from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matching.suggestions import shelves
from matching.suggestions.models import Artefact

if TYPE_CHECKING:
    from matching import engine

logger = logging.getLogger(__name__)

# How many sound states stay on disk, the newest first.
KEPT = 5
_LONGEST_REASON = 300
_SHARED = "shared"


def usable() -> list[Artefact]:
    """The states to try, newest first."""
    return list(Artefact.objects.filter(broken_at__isnull=True))


def folder_of(artefact: Artefact) -> Path:
    """Where its files lie."""
    return Path(settings.MATCHER_DIR) / artefact.folder


def commons() -> engine.Commons:
    """Where the processes of this host share what they have read."""
    from matching import engine

    return engine.Commons(Path(settings.MATCHER_DIR) / _SHARED)


def mark_broken(artefact: Artefact, fault: engine.BrokenModel) -> None:
    """Put a spoiled state aside, with the reason for the staff; the log has the details."""
    logger.warning("Matcher state %s put aside: %s", artefact.version, fault)
    still_sound = Artefact.objects.filter(pk=artefact.pk, broken_at__isnull=True)
    still_sound.update(broken_at=timezone.now(), broken_because=said_of(fault)[:_LONGEST_REASON])


def said_of(fault: engine.BrokenModel) -> str:
    """Why a saved state or model cannot serve, in plain words: no path, no name of a program's fault."""
    reasons = {
        "missing": _("ses fichiers manquent ou ne peuvent pas être lus"),
        "older": _("il a été fait par une version plus ancienne du service"),
        "newer": _("il a été fait par une version plus récente du service"),
        "another": _("il a été fait avec une autre lecture des textes ou un autre thésaurus"),
        "foreign": _("ses fichiers ne sont pas ceux de ce service"),
    }
    return reasons.get(fault.why) or _("ses fichiers sont abîmés")


def refresh_artefact(*, today: date | None = None) -> Artefact | None:
    """Learn the collection's statistics from the live offers and save them. None where there is no offer."""
    from matching import engine

    offers = list(shelves.OFFERS.listings(today or timezone.localdate()).values())
    if not offers:
        return None
    version = f"{timezone.now():%Y%m%dT%H%M%S}-{token_hex(3)}"
    _save(engine.Matcher().fit(offers), version)
    artefact = Artefact.objects.create(
        version=version, folder=version, engine_version=engine.ENGINE_VERSION, offers=len(offers)
    )
    _drop_old()
    return artefact


def artefact_warning() -> str | None:
    """A sentence for staff when the newest state cannot be used; None when all is well."""
    newest = Artefact.objects.first()
    if newest is None or newest.broken_at is None:
        return None
    sound = Artefact.objects.filter(broken_at__isnull=True).first()
    instead = (
        _("Celui du %(day)s sert à sa place.") % {"day": _day(sound)}
        if sound
        else _("Les rapprochements se calculent à partir des seules offres publiées.")
    )
    said = _(
        "Le dernier état du rapprochement, du %(day)s, est inutilisable : %(reason)s. %(instead)s"
        " Il sera refait cette nuit ; vous pouvez le refaire maintenant depuis la page des états."
    )
    return said % {"day": _day(newest), "reason": newest.broken_because.rstrip("."), "instead": instead}


def _day(artefact: Artefact) -> str:
    return date_format(timezone.localtime(artefact.created_at), "DATETIME_FORMAT")


def _save(matcher: engine.Matcher, version: str) -> None:
    """Write beside, then rename: a folder that bears its name is whole."""
    root = Path(settings.MATCHER_DIR)
    root.mkdir(parents=True, exist_ok=True)
    unfinished = root / f"{version}.partial"
    matcher.save(unfinished)
    unfinished.rename(root / version)


def _drop_old() -> None:
    """Keep the last KEPT sound states, and the spoiled ones that are younger than they are."""
    commons().drop_unused()
    sound = usable()
    if len(sound) <= KEPT:
        return
    for artefact in Artefact.objects.filter(created_at__lt=sound[KEPT - 1].created_at):
        shutil.rmtree(folder_of(artefact), ignore_errors=True)
        artefact.delete()
