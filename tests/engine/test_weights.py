"""What the public page says that each part adds at most: no pair may prove it wrong."""

import json
from pathlib import Path

from matching.engine import Matcher, Need, Offer
from matching.engine.scoring import PARTS
from matching.engine.weights import most_each_part_adds, most_without_words
from matching.geography import Place

BREST = Place("commune", "29019")
SAME = {
    "text": "Un atelier de réparation de vélos avec les habitants du quartier",
    "themes": ("mobilite/velo",),
    "kinds": ("place",),
    "territory": BREST,
    "perimeter": BREST,
    "capacity": 40,
    "rights": ("access",),
}


def texts(name):
    folder = Path(__file__).resolve().parents[2] / "pcc" / "demo"
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_part_is_told_and_adds_something():
    most = most_each_part_adds()
    assert tuple(most) == PARTS
    assert min(most.values()) > 0


def test_no_pair_of_the_demo_adds_more():
    offers = [Offer(id=str(n), title=row["title"], text=row.get("text", "")) for n, row in enumerate(texts("offers"))]
    needs = [Need(id=str(n), title=row["title"], text=row.get("text", "")) for n, row in enumerate(texts("needs"))]
    most = most_each_part_adds()
    matches = [match for ranking in Matcher().fit(offers).rank(needs, top=50) for match in ranking.matches]
    assert len(matches) > 100
    over = [(name, part) for match in matches for name, part in match.parts.items() if part > most[name] + 1e-9]
    assert over == []


def test_the_same_words_everywhere_add_no_more_either():
    offer = Offer(id="o", expects="des vélos", legal_forms=("association",), **SAME)
    need = Need(id="n", contribution="des vélos", legal_form="association", **SAME)
    ((match,),) = (ranking.matches for ranking in Matcher().fit([offer]).rank([need]))
    most = most_each_part_adds()
    assert all(part <= most[name] + 1e-9 for name, part in match.parts.items())
    assert sum(part > 0 for part in match.parts.values()) > 5


def test_without_words_facts_add_next_to_nothing():
    most, alone = most_each_part_adds(), most_without_words()
    assert 0 < alone["themes"] < most["themes"] / 10
    assert 0 < alone["facts"] < most["territory"]
