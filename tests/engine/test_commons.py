"""What processes share is what each would hold; what lies there spoiled is never taken."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from matching.engine import Commons, Matcher, commons, giving_way, matcher, products
from tests.engine.listings import TODAY
from tests.engine.test_candidates import _market

NUMBERS = np.arange(1000, dtype=np.int32)


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commons, "_SMALL", 1)
    monkeypatch.setattr(matcher, "_WORTH_SHARING", 1)


@pytest.mark.parametrize("most_held", [0, 1000])
def test_shared_listings_rank_as_those_that_are_held(
    most_held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "_MOST_HELD", most_held)
    needs, offers = _market(31)
    held = Matcher(today=TODAY).fit(offers)
    shared = Matcher(today=TODAY, commons=Commons(tmp_path / "shared")).fit(offers)
    assert shared.rank(needs, near_misses=3) == held.rank(needs, near_misses=3)
    assert shared.rank_offers(shared.hold(needs)) == held.rank_offers(needs)
    files = {path: path.stat().st_ino for path in (tmp_path / "shared").iterdir()}
    again = Matcher(today=TODAY, commons=Commons(tmp_path / "shared")).fit(offers)
    assert again.rank(needs, near_misses=3) == held.rank(needs, near_misses=3)
    assert files and {path: path.stat().st_ino for path in (tmp_path / "shared").iterdir()} == files


def test_an_array_lies_once_and_is_mapped(tmp_path: Path) -> None:
    first, second = (Commons(tmp_path).array(NUMBERS.copy()) for _ in range(2))
    assert isinstance(first, np.memmap) and not first.flags.writeable
    assert np.array_equal(first, NUMBERS) and np.array_equal(second, NUMBERS)
    assert len(list(tmp_path.iterdir())) == 1
    Commons(tmp_path).array(NUMBERS.astype(np.int64))
    assert len(list(tmp_path.iterdir())) == 2


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def _change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [_truncate, _change, lambda path: path.write_bytes(b"")])
def test_a_spoiled_file_is_written_anew(spoil, tmp_path: Path) -> None:
    Commons(tmp_path).array(NUMBERS)
    (path,) = tmp_path.iterdir()
    spoil(path)
    assert np.array_equal(Commons(tmp_path).array(NUMBERS), NUMBERS)
    assert np.array_equal(np.load(path), NUMBERS)


def test_where_nothing_can_be_written_each_holds_its_own(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert Commons(tmp_path / "file" / "shared").array(NUMBERS) is NUMBERS


def test_small_arrays_are_not_worth_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commons, "_SMALL", 10**6)
    assert Commons(tmp_path).array(NUMBERS) is NUMBERS and not list(tmp_path.iterdir())


def test_what_nobody_takes_leaves_the_disk_and_stays_with_who_has_it(tmp_path: Path) -> None:
    old = Commons(tmp_path).array(NUMBERS)
    (path,) = tmp_path.iterdir()
    os.utime(path, (0, 0))
    Commons(tmp_path).array(NUMBERS + 1)
    Commons(tmp_path).drop_unused()
    assert not path.exists() and len(list(tmp_path.iterdir())) == 1
    assert np.array_equal(old, NUMBERS)
    Commons(tmp_path / "nowhere").drop_unused()


def test_who_gives_way_takes_short_turns_and_leaves_the_pace_as_it_was() -> None:
    pace = sys.getswitchinterval()
    with pytest.raises(ZeroDivisionError), giving_way():
        assert sys.getswitchinterval() < pace / 10
        1 / 0  # noqa: B018
    assert sys.getswitchinterval() == pace
