"""What changed a few at a time is what is read at once; what changed is never what others rank."""

from dataclasses import replace

import pytest

from matching.engine import Matcher, held, selection
from tests.engine.listings import TODAY
from tests.engine.test_candidates import _market


@pytest.mark.parametrize("in_full", [0, 5000])
def test_changed_offers_rank_as_if_they_had_been_read_at_once(in_full: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "WEIGHED_IN_FULL", in_full)
    monkeypatch.setattr(held, "_SMALL_BLOCK", 6)
    monkeypatch.setattr(held, "_MOST_BLOCKS", 3)
    needs, offers = _market(21, 20, 50)
    more = [replace(offer, id=f"new-{offer.id}") for offer in _market(22, 0, 40)[1]]
    matcher = Matcher(today=TODAY).fit(offers)
    asked = matcher.hold(needs)
    now, named = offers, needs
    for step in range(9):
        edited = replace(now[step * 3], title=f"jardin vélo {step}")
        now = [*now[: step * 3], edited, *now[step * 3 + 2 :], *more[step * 4 : step * 4 + 4]]
        named = [*named[1:], replace(named[0], text=f"musée {step}")]
        before, there = matcher, matcher.rank(needs[:3])
        matcher, asked = matcher.changed(now), asked.changed(named)
        at_once = Matcher(today=TODAY).fit(offers)
        at_once = at_once.changed([])  # its statistics, none of its offers
        expected = at_once.rank(named, now, top=7, near_misses=2)
        assert len(matcher.held_) == len(now) and len(asked) == len(named)
        got = {line.id: line for line in matcher.rank(asked, top=7, near_misses=2)}
        assert len(got) == len(named)
        assert [_told(got[line.id]) for line in expected] == [_told(line) for line in expected]
        mirrored = at_once.rank_offers(named, now, top=4)
        got = {line.id: line for line in matcher.rank_offers(asked, top=4)}
        assert [_told(got[line.id]) for line in mirrored] == [_told(line) for line in mirrored]
        assert before.rank(needs[:3]) == there
    assert len(matcher.held_.blocks) <= 3


def _told(line):
    return [(match.id, match.score, match.reasons) for match in line.matches], [miss.id for miss in line.near]


def test_copies_that_come_later_take_no_place_either() -> None:
    needs, offers = _market(8)
    matcher = Matcher(today=TODAY).fit(offers)
    (best,) = (match.id for match in matcher.rank(needs[:1], top=1)[0].matches)
    words = "un préau couvert derrière la mairie pour réparer ensemble des objets cassés le samedi matin"
    room = next(offer for offer in offers if offer.id == best)
    copies = [replace(room, id=f"{at}", title="Préau", text=f"{room.text} {words}") for at in range(9)]
    need = replace(needs[0], text=f"{needs[0].text} {words}")
    matcher = matcher.changed([*offers, copies[0]])
    matcher = matcher.changed([*offers, *copies[:5]])
    with_copies = [*offers, *copies, *(replace(copy, id=f"b{copy.id}", text=f"{copy.text} bientôt") for copy in copies)]
    for now in ([*offers, *copies], with_copies):
        later = matcher.changed(now)
        at_once = Matcher(today=TODAY).fit(offers).changed([]).rank([need], now, top=8, near_misses=3)
        assert len(later.held_.blocks) > 1
        assert [_told(line) for line in later.rank([need], top=8, near_misses=3)] == [_told(line) for line in at_once]
        listed = {match.id for match in at_once[0].matches}
        assert len(listed & {copy.id for copy in copies}) == 1


def test_what_left_leaves_at_once_and_what_is_edited_is_never_seen_as_it_was() -> None:
    needs, offers = _market(3)
    matcher = Matcher(today=TODAY).fit(offers)
    assert matcher.changed([]).rank(needs[:5], near_misses=5) == [
        replace(line, matches=(), near=()) for line in matcher.rank(needs[:5])
    ]
    renamed = [replace(offer, title="", text="", themes=()) for offer in offers]
    for line in matcher.changed(renamed).rank([replace(needs[0], title="jardin", themes=())], near_misses=3):
        assert not any(match.parts["words"] for match in line.matches)


def test_only_what_is_new_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    _, offers = _market(4)
    matcher = Matcher(today=TODAY).fit(offers)
    read, how = [], matcher.held_._read
    monkeypatch.setattr(matcher.held_, "_read", lambda some: read.append(len(some)) or how(some))
    matcher.changed([*offers[1:], replace(offers[0], title="autre")])
    assert read == [1]
    first = matcher.changed(offers[1:]).held_.blocks[0]
    assert first.texts is matcher.held_.blocks[0].texts
