"""Photos at the desk and for everybody: what is refused and said, what is shown, how files are served."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from matching.catalogue.models import Photo
from matching.catalogue.photos import MOST_PHOTOS, add_photo
from matching.catalogue.services import ResourceFacts
from matching.screens.limits import PHOTOS
from tests.catalogue.files import SVG, bomb, picture, polyglot, telephone_picture
from tests.catalogue.test_photos import read
from tests.factories import make_offer
from tests.screens.conftest import signed_in

TEXT = "La salle vue de l’entrée"


@pytest.fixture
def bureau(officers):
    return signed_in(officers["owner"])


@pytest.fixture
def address(brest, room):
    return reverse("offer_photos", args=[brest.slug, room.uuid])


def send(client, address, content, name="salle.jpg", text=TEXT):
    return client.post(address, {"photo": SimpleUploadedFile(name, content, "image/jpeg"), "text": text})


def test_a_photo_is_added_shown_described_and_removed(bureau, client, brest, room, address):
    assert send(bureau, address, telephone_picture()).status_code == 302
    photo = room.photos.get()
    shown = f'src="{photo.small.url}" width="600" height="900" alt="{TEXT}" loading="lazy"'
    desk = reverse("offer_desk", args=[brest.slug, room.uuid])
    for page in (address, desk):
        assert photo.small.url in bureau.get(page).content.decode()
    public = client.get(reverse("public:offer", args=[room.uuid, room.slug])).content.decode()
    assert f"{photo.large.url} {photo.large_width}w" in public
    assert 'width="600" height="900"' in public
    assert f'alt="{TEXT}"' in public
    assert shown in client.get("/offres/").content.decode()
    one = reverse("offer_photo", args=[brest.slug, room.uuid, photo.pk])
    bureau.post(one, {"action": "describe", "text": "La grande salle"})
    bureau.post(one, {"action": "describe", "text": " "})
    assert room.photos.get().text == "La grande salle"
    bureau.post(one, {"action": "remove"})
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (SVG, "plan.svg", "JPEG, PNG ou WebP"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(300), "IMG_0042.HEIC", "au format HEIC"),
        (b"\x00\x00\x00\x18ftypmif1" + bytes(300), "salle.jpg", "Enregistrez-la en JPEG"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(300), "film.jpg", "JPEG, PNG ou WebP"),
        (SVG, "salle.jpg", "JPEG, PNG ou WebP"),
        (b"", "vide.jpg", "JPEG, PNG ou WebP"),
        (picture()[:1500], "salle.jpg", "abîmé ou incomplet"),
        (bomb(), "salle.png", "trop grande"),
        (picture(size=(50, 50)), "salle.jpg", "trop petite"),
        (b"\xff\xd8\xff" + bytes(30_000_000), "salle.jpg", "plus de 15"),
    ],
)
def test_what_is_refused_is_said_and_the_typed_text_stays(bureau, room, address, content, name, sentence):
    response = send(bureau, address, content, name)
    html = unescape(response.content.decode()).replace("\u00a0", " ")
    assert response.status_code == 200
    assert sentence in html
    assert TEXT in html
    assert not room.photos.exists()


def test_what_a_photo_shows_must_be_said(bureau, room, address):
    html = send(bureau, address, picture(), text="  ").content.decode()
    assert "Dites en une phrase" in html
    assert "Choisissez une photo" in bureau.post(address, {"text": TEXT}).content.decode()
    assert not room.photos.exists()


def test_the_content_counts_and_not_the_name(bureau, room, address, client):
    assert send(bureau, address, picture("PNG"), name="../../salle.exe").status_code == 302
    assert send(bureau, address, polyglot(), name="salle.html").status_code == 302
    for photo in room.photos.all():
        for file in (photo.small, photo.large):
            response = client.get(file.url)
            assert response.status_code == 200
            assert response["Content-Type"] == "image/webp"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert "script-src" in response["Content-Security-Policy"]
            assert b"script" not in b"".join(response.streaming_content)


@pytest.mark.parametrize("name", ["../../manage.py", "..%2f..%2fmanage.py", "x.webp", "0" * 32 + ".svg"])
def test_photos_lead_nowhere_else(client, db, name):
    assert client.get(f"/media/photos/{name}").status_code in (400, 404)


def test_there_are_only_so_many(bureau, room, address):
    for number in range(MOST_PHOTOS):
        add_photo(offer=room, image=read(picture(size=(200, 200))), text=f"Photo {number}")
    assert "Ajouter une photo" not in bureau.get(address).content.decode()
    html = send(bureau, address, picture()).content.decode()
    assert f"déjà {MOST_PHOTOS} photos" in html.replace("\u00a0", " ")


def test_nobody_sends_photos_all_day(bureau, room, address, monkeypatch):
    monkeypatch.setattr("matching.screens.photos.is_over", lambda request, limit: limit is PHOTOS)
    response = send(bureau, address, picture())
    assert response.status_code == 429
    assert TEXT in response.content.decode()


def test_only_places_have_photos(bureau, brest, bob):
    data = make_offer(brest, person=bob, resource=ResourceFacts(kind="data"))
    assert bureau.get(reverse("offer_photos", args=[brest.slug, data.uuid])).status_code == 404


def test_another_offers_photo_is_out_of_reach(bureau, brest, bob, room):
    other = make_offer(brest, person=bob, title="Autre salle")
    photo = add_photo(offer=other, image=read(picture()), text=TEXT)
    one = reverse("offer_photo", args=[brest.slug, room.uuid, photo.pk])
    assert bureau.post(one, {"action": "remove"}).status_code == 404


def test_what_is_written_of_a_photo_is_never_markup(bureau, room, address, client):
    send(bureau, address, picture(), text='"><script>alert(1)</script>')
    for page in (address, reverse("public:offer", args=[room.uuid, room.slug]), "/offres/"):
        assert "<script>alert(1)" not in bureau.get(page).content.decode()
