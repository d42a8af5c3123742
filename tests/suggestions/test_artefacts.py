"""Saved states of the matcher: the newest sound one serves, whatever happens to the others."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from matching.suggestions import artefacts, index
from matching.suggestions.artefacts import artefact_warning, folder_of, refresh_artefact
from matching.suggestions.models import Artefact
from matching.suggestions.services import match_listing, match_text

pytestmark = pytest.mark.django_db

QUESTION = "Une salle pour réparer des objets"


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path, monkeypatch):
    settings.MATCHER_DIR = tmp_path / "matcher"
    monkeypatch.setattr(index, "_current", None)


def biggest_file(folder):
    return max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


def removed(folder):
    folder.rename(folder.with_suffix(".elsewhere"))


def emptied(folder):
    for path in folder.iterdir():
        path.write_bytes(b"")


def truncated(folder):
    path = biggest_file(folder)
    path.write_bytes(path.read_bytes()[:-20])


def altered(folder):
    path = biggest_file(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def without_manifest(folder):
    (folder / "manifest.json").unlink()


def of_another_analyser(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "analyser": "another"}))


def no_json(folder):
    (folder / "manifest.json").write_text("{")


def newer(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))


def older(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 1}))


def foreign(folder):
    (folder / "manifest.json").write_text('{"name": "une autre application", "icons": []}')


SPOILERS = [removed, emptied, truncated, altered, without_manifest, of_another_analyser, no_json, newer, older, foreign]


def test_the_newest_state_serves_and_names_itself(room, repair):
    artefact = refresh_artefact()
    (pair,) = match_listing(listing=repair)
    assert pair.matcher_version.endswith(artefact.version)
    assert (artefact.offers, artefact_warning()) == (1, None)


@pytest.mark.parametrize("spoil", SPOILERS)
def test_a_spoiled_state_is_put_aside_and_the_last_good_one_serves(room, spoil):
    good = refresh_artefact()
    Artefact.objects.update(created_at=timezone.now() - timedelta(days=1))
    spoiled = refresh_artefact()
    spoil(folder_of(spoiled))
    assert match_text(text=QUESTION).matches
    assert index.current(timezone.localdate()).artefact == good
    spoiled.refresh_from_db()
    assert spoiled.broken_at and spoiled.broken_because
    assert spoiled.broken_because.rstrip(".") in artefact_warning()
    assert spoiled.folder not in artefact_warning()


def test_the_reason_is_told_in_plain_words(room):
    newer(folder_of(refresh_artefact()))
    match_text(text=QUESTION)
    assert "par une version plus récente du service. Les rapprochements" in artefact_warning()


@pytest.mark.parametrize("spoil", SPOILERS)
def test_without_any_sound_state_the_offers_themselves_serve(room, spoil):
    spoil(folder_of(refresh_artefact()))
    assert match_text(text=QUESTION).matches
    assert index.current(timezone.localdate()).artefact is None
    assert artefact_warning()


def test_a_new_state_ends_the_warning_and_serves_at_once(room):
    emptied(folder_of(refresh_artefact()))
    match_text(text=QUESTION)
    fresh = refresh_artefact()
    assert artefact_warning() is None
    assert index.current(timezone.localdate()).artefact == fresh


def test_nothing_published_gives_nothing_to_learn():
    assert refresh_artefact() is None
    assert match_text(text=QUESTION).matches == []
    assert artefact_warning() is None


def test_old_states_leave_the_disk(room, settings, monkeypatch):
    monkeypatch.setattr(artefacts, "KEPT", 2)
    made = []
    for day in range(4):
        artefact = refresh_artefact()
        Artefact.objects.filter(pk=artefact.pk).update(created_at=timezone.now() - timedelta(days=9 - day))
        made.append(artefact)
    refresh_artefact()
    kept = {artefact.folder for artefact in Artefact.objects.all()}
    assert len(kept) == 2
    assert {path.name for path in settings.MATCHER_DIR.iterdir()} == kept
