"""What several do at the same moment, on a server that lets them."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connections
from django.utils import timezone

from matching.catalogue.models import Offer
from matching.catalogue.photos import MOST_PHOTOS, TooManyPhotos, add_photo
from matching.catalogue.pictures import read_picture
from matching.catalogue.validity import EVERY, GRACE, ask_what_is_due, pause_unanswered
from tests.catalogue.files import picture
from tests.factories import make_offer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connections['default'].vendor == 'sqlite'", reason="SQLite has one writer at a time"),
]
NOW = timezone.now()


def photo():
    content = picture(size=(200, 200))
    return read_picture(BytesIO(content), len(content))


def test_two_senders_at_once_never_pass_the_limit(brest, bob):
    room = make_offer(brest, person=bob)
    for number in range(MOST_PHOTOS - 1):
        add_photo(offer=room, image=photo(), text=f"Photo {number}")
    start, told = threading.Barrier(4), []

    def send():
        start.wait()
        try:
            add_photo(offer=room, image=photo(), text="La dernière")
        except TooManyPhotos:
            told.append("too many")
        finally:
            connections.close_all()

    senders = [threading.Thread(target=send) for _each in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert room.photos.count() == MOST_PHOTOS
    assert len(told) == 3


@pytest.mark.parametrize(("act", "later"), [(ask_what_is_due, timedelta()), (pause_unanswered, GRACE)])
def test_two_rounds_at_once_count_as_one(brest, bob, act, later):
    for number in range(5):
        offer = make_offer(brest, person=bob, title=f"Salle {number}")
        Offer.objects.filter(pk=offer.pk).update(updated_at=NOW - EVERY - timedelta(days=1))
    if later:
        ask_what_is_due(now=NOW)
    start, done = threading.Barrier(3), []

    def go():
        start.wait()
        try:
            done.append(act(now=NOW + later))
        finally:
            connections.close_all()

    rounds = [threading.Thread(target=go) for _each in range(3)]
    for each in rounds:
        each.start()
    for each in rounds:
        each.join()
    assert sum(done) == 5
    assert Offer.objects.filter(asked_at=NOW).count() == 5
