"""Gather the static files once per change of theirs: doing it at each start would cost seconds."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = "static.stamp"


def collect_if_changed() -> bool:
    """Collect static files unless nothing changed since the last time. Return whether it was needed."""
    stamp = settings.VAR_DIR / STAMP
    current = _fingerprint()
    if stamp.exists() and stamp.read_text() == current and settings.STATIC_ROOT.exists():
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(current)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = os.stat(Path(storage.location) / path)
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
