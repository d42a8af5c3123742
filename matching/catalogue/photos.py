"""Verbs about the photos of a place: add, describe, remove. The history of the offer keeps what they showed.

The matcher reads no photo: its version stays, nothing is matched anew.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from PIL import Image

from matching.catalogue.models import Offer, Photo
from matching.catalogue.models.photos import FOLDER
from matching.catalogue.pictures import Picture, two_sizes
from matching.catalogue.texts import tidy

MOST_PHOTOS = 8
# A file without a row may belong to a row that is being written.
_YOUNG = timedelta(days=1)


class TooManyPhotos(Exception):
    """The offer has as many photos as it may."""


def add_photo(*, offer: Offer, image: Image.Image, text: str) -> Photo:
    """Add a photo that read_picture() has read, with what it shows. Raises TooManyPhotos."""
    # Packed first: no other writer waits for it.
    small, large = two_sizes(image)
    with transaction.atomic():
        return _add(offer, small, large, text)


@transaction.atomic
def describe_photo(*, photo: Photo, text: str) -> Photo:
    """Say anew what a photo shows."""
    photo.text = tidy(text)
    photo.save(update_fields=["text"])
    _note(photo.offer)
    return photo


@transaction.atomic
def remove_photo(*, photo: Photo) -> None:
    """Take a photo and its files away. Safe to repeat."""
    Photo.objects.filter(pk=photo.pk).delete()
    _note(photo.offer)


@transaction.atomic
def copy_photos(*, source: Offer, target: Offer) -> None:
    """Give an offer the photos of another one, as files of its own."""
    for photo in source.photos.all():
        small = Picture(_content(photo.small), photo.small_width, photo.small_height)
        large = Picture(_content(photo.large), photo.large_width, photo.large_height)
        _add(target, small, large, photo.text)


def forget_orphans(*, now: datetime | None = None) -> int:
    """Delete the files that no row names: a request or a process ended between the two. Returns how many."""
    storage = Photo._meta.get_field("small").storage
    old = (now or timezone.now()) - _YOUNG
    orphans = _names_in(storage) - _names_held()
    return sum(_forget_if_old(storage, name, old) for name in sorted(orphans))


def _add(offer: Offer, small: Picture, large: Picture, text: str) -> Photo:
    # Two that are sent at once wait for each other: the limit holds.
    Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.photos.count() >= MOST_PHOTOS:
        raise TooManyPhotos
    photo = Photo(
        offer=offer,
        text=tidy(text),
        small_width=small.width,
        small_height=small.height,
        large_width=large.width,
        large_height=large.height,
    )
    photo.small.save("small.webp", ContentFile(small.webp), save=False)
    photo.large.save("large.webp", ContentFile(large.webp), save=False)
    photo.save()
    _note(offer)
    return photo


def _note(offer: Offer) -> None:
    """Keep in the offer what its photos show now, for its history, and the first of them, for its card."""
    photos = list(offer.photos.order_by("id"))
    shown = [photo.text for photo in photos]
    cover = [photos[0].small.name, photos[0].small_width, photos[0].small_height] if photos else []
    offer.refresh_from_db(fields=["holds"])
    if (offer.holds.get("photos", []), offer.holds.get("cover", [])) != (shown, cover):
        offer.holds = {**offer.holds, "photos": shown, "cover": cover}
        offer.save(update_fields=["holds", "updated_at"])


def _content(file: FieldFile) -> bytes:
    with file.open("rb") as opened:
        return opened.read()


def _names_in(storage: Storage) -> set[str]:
    try:
        _folders, files = storage.listdir(FOLDER)
    except FileNotFoundError:
        return set()
    return {f"{FOLDER}/{name}" for name in files}


def _names_held() -> set[str]:
    pairs: Iterable[tuple[str, str]] = Photo.objects.order_by().values_list("small", "large")
    return {name for pair in pairs for name in pair}


def _forget_if_old(storage: Storage, name: str, old: datetime) -> bool:
    try:
        if storage.get_modified_time(name) >= old:
            return False
    except FileNotFoundError:
        return False
    storage.delete(name)
    return True
