"""Gaming gains nothing, at a small size; measure() tells it at a large one."""

from matching.engine import Need, Offer
from matching.engine.attacks import measure
from matching.engine.bench import made_up_texts

OFFERS = [Offer(id=f"{at:04}", text=text) for at, text in enumerate(made_up_texts(600, 2))]
NEEDS = [Need(id=f"{at:04}", text=text) for at, text in enumerate(made_up_texts(60, 1))]


def test_copies_and_repeated_words_take_nothing() -> None:
    """Made-up texts hold no grammar and few words, so stuffing is measured on real ones, not here."""
    found = measure(NEEDS, OFFERS, count=6)
    assert all(0 <= share <= 1 for share in found.values())
    for name in ("one offer copied", "popular offers copied", "a title repeated"):
        assert found[name] == 0, name
