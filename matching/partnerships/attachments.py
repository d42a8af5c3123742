"""Where attachments lie: each under a drawn name, as long as its row. Nothing there is ever served by its address."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, Any, TypeVar
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils import timezone

from matching.partnerships.files import CleanFile
from matching.partnerships.models import StoredFile

logger = logging.getLogger(__name__)

_Stored = TypeVar("_Stored", bound=StoredFile)

# A file is written a moment before its row: younger ones may still be waiting for it.
_AN_ORPHAN_AFTER = timedelta(days=1)


def storage() -> Storage:
    """Where they lie."""
    return storages["attachments"]


@contextmanager
def laid_down(files: Sequence[CleanFile]) -> Iterator[list[str]]:
    """Write the files, and give the names under which they lie; those that no row has taken are removed again."""
    names: list[str] = []
    try:
        for file in files:
            names.append(storage().save(uuid4().hex, ContentFile(file.content)))
        yield names
    finally:
        taken = _taken(names)
        for name in names:
            if name not in taken:
                storage().delete(name)


def keep(model: type[_Stored], files: Sequence[CleanFile], names: Sequence[str], **facts: Any) -> list[_Stored]:
    """The rows of files that lie there already, each with these facts."""
    return model._default_manager.bulk_create(
        model(
            name=file.name,
            content_type=file.content_type,
            size=len(file.content),
            stored_as=name,
            **facts,
        )
        for file, name in zip(files, names, strict=True)
    )


def opened(file: StoredFile) -> IO[bytes]:
    """The file, to be read. Raises FileNotFoundError."""
    return storage().open(file.stored_as)


def forget_orphans(*, now: datetime | None = None) -> int:
    """Remove the files whose rows never came, or went without them. Returns how many."""
    now = now or timezone.now()
    try:
        names = storage().listdir("")[1]
    except FileNotFoundError:
        return 0
    known = _taken(names)
    old = [name for name in names if name not in known and storage().get_modified_time(name) < now - _AN_ORPHAN_AFTER]
    for name in old:
        storage().delete(name)
    return len(old)


def _taken(names: Sequence[str]) -> set[str]:
    """The names that rows hold."""
    if not names:
        return set()
    return {
        name
        for model in StoredFile.__subclasses__()
        for name in model._default_manager.filter(stored_as__in=names).values_list("stored_as", flat=True)
    }


def remove_file(instance: StoredFile, **_: object) -> None:
    """The file goes with its row, once that is certain."""
    transaction.on_commit(lambda: storage().delete(instance.stored_as))


for _model in StoredFile.__subclasses__():
    post_delete.connect(remove_file, sender=_model, dispatch_uid=f"partnerships.gone.{_model.__name__}")
