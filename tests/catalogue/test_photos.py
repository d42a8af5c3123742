"""Photos of places: what is taken, what is kept of it, what is left when it goes."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image

from matching.catalogue.models import Photo
from matching.catalogue.photos import (
    MOST_PHOTOS,
    TooManyPhotos,
    add_photo,
    copy_photos,
    describe_photo,
    forget_orphans,
    remove_photo,
)
from matching.catalogue.pictures import LARGE, MOST_BYTES, SMALL, BadPicture, read_picture, two_sizes
from tests.catalogue.files import PAGE, SCRIPT, SVG, bomb, picture, polyglot, scribbled, telephone_picture
from tests.factories import make_offer


def read(content):
    return read_picture(BytesIO(content), len(content))


def refusal(content):
    with pytest.raises(BadPicture) as refused:
        read(content)
    return refused.value.code


@pytest.fixture
def room(brest, bob):
    return make_offer(brest, person=bob)


def files(settings):
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_are_taken_and_kept_in_two_widths(kind):
    small, large = two_sizes(read(picture(kind, size=(3000, 2000))))
    assert (small.width, small.height) == (SMALL, 427)
    assert (large.width, large.height) == (LARGE, 1067)
    for kept in (small, large):
        again = Image.open(BytesIO(kept.webp))
        assert (again.format, again.size) == ("WEBP", (kept.width, kept.height))


def test_a_small_photo_is_never_enlarged_and_a_tall_one_is_reduced():
    assert read(picture(size=(300, 250))).size == (300, 250)
    assert read(picture(size=(1000, 9000))).size == (356, 3200)


def test_a_telephone_held_upright_gives_an_upright_photo_that_tells_no_place():
    small, large = two_sizes(read(telephone_picture()))
    assert (large.width, large.height) == (600, 900)
    shown = Image.open(BytesIO(large.webp)).convert("RGB")
    assert shown.getpixel((300, 50))[1] < 100, "what was on the left is above"
    assert shown.getpixel((300, 800))[1] > 200
    for kept in (small, large):
        assert not Image.open(BytesIO(kept.webp)).getexif()
        for trace in (b"Exif", b"EXIF", b"Bob", b"GPS", b"XMP", b"ICCP"):
            assert trace not in kept.webp


def test_what_lets_through_stands_on_white():
    image = read(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert image.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "format"),
        (SVG, "format"),
        (PAGE, "format"),
        (b"GIF89a" + bytes(60), "format"),
        (picture("GIF", size=(300, 300)), "format"),
        (picture("BMP", size=(300, 300)), "format"),
        (picture()[:2000], "broken"),
        (picture("PNG", size=(300, 300))[:200], "broken"),
        (bomb(), "pixels"),
        (bomb(10_000, 5_001), "pixels"),
        (bomb(4_000, 4_000), "broken"),
        (picture(size=(199, 400)), "small"),
    ],
)
def test_what_is_no_photo_is_refused(content, code):
    assert refusal(content) == code


def test_too_many_bytes_are_refused_unread():
    with pytest.raises(BadPicture, match="bytes"):
        read_picture(BytesIO(b""), MOST_BYTES + 1)


def test_nothing_of_a_polyglot_is_kept():
    for kept in two_sizes(read(polyglot())):
        assert SCRIPT not in kept.webp
        assert PAGE not in kept.webp


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_read_or_refused(seed):
    try:
        two_sizes(read(scribbled(seed)))
    except BadPicture as refused:
        assert refused.code


def test_a_photo_has_two_files_of_unguessable_names(room, settings):
    photo = add_photo(offer=room, image=read(picture()), text="  La salle vue de l’entrée\x00 ")
    assert photo.text == "La salle vue de l’entrée"
    assert (photo.small_width, photo.small_height, photo.large_width) == (640, 480, 800)
    assert len(files(settings)) == 2
    for name in files(settings):
        assert len(name) == len("0" * 32 + ".webp")


def test_the_files_leave_with_the_photo_and_not_before(room, settings, django_capture_on_commit_callbacks):
    photo = add_photo(offer=room, image=read(picture()), text="La salle")
    with django_capture_on_commit_callbacks(execute=False), transaction.atomic():
        remove_photo(photo=photo)
        transaction.set_rollback(True)
    assert len(files(settings)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(photo=photo)
    assert files(settings) == []


def test_the_files_leave_with_the_offer(room, settings, django_capture_on_commit_callbacks):
    add_photo(offer=room, image=read(picture()), text="La salle")
    with django_capture_on_commit_callbacks(execute=True):
        room.delete()
    assert files(settings) == []


def test_the_history_keeps_what_photos_showed_and_the_matcher_is_left_alone(room):
    version = room.version
    photo = add_photo(offer=room, image=read(picture()), text="La salle")
    describe_photo(photo=photo, text="La grande salle")
    remove_photo(photo=photo)
    told = [record.holds.get("photos") for record in room.history.order_by("history_id")][-3:]
    assert told == [["La salle"], ["La grande salle"], []]
    room.refresh_from_db()
    assert room.version == version


def test_there_are_only_so_many(room, settings):
    for number in range(MOST_PHOTOS):
        add_photo(offer=room, image=read(picture(size=(200, 200))), text=f"Photo {number}")
    with pytest.raises(TooManyPhotos):
        add_photo(offer=room, image=read(picture()), text="Une de trop")
    assert len(files(settings)) == 2 * MOST_PHOTOS


def test_a_copy_has_files_of_its_own(room, brest, settings, django_capture_on_commit_callbacks):
    photo = add_photo(offer=room, image=read(picture()), text="La salle")
    other = make_offer(brest, title="Une autre salle")
    copy_photos(source=room, target=other)
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(photo=photo)
    kept = other.photos.get()
    assert kept.text == "La salle"
    assert files(settings) == sorted(Path(file.name).name for file in (kept.small, kept.large))


def test_orphans_are_forgotten_once_they_are_old(room, settings):
    photo = add_photo(offer=room, image=read(picture()), text="La salle")
    storage = photo.small.storage
    storage.save("photos/perdue.webp", BytesIO(b"x"))
    assert forget_orphans() == 0, "its row may be on its way"
    assert forget_orphans(now=timezone.now() + timedelta(days=2)) == 1
    assert len(files(settings)) == 2
    assert Photo.objects.count() == 1


def test_without_a_folder_there_is_nothing_to_forget(db):
    assert forget_orphans() == 0
