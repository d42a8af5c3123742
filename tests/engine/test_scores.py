"""What a score promises: a sum of parts, the same in both directions, never lowered by a better fact."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import Matcher, Need, Offer, Place
from matching.engine.scoring import PARTS
from tests.engine import listings
from tests.engine.listings import TODAY

quietly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Offers that stand beside those under test, so that words are rare or common.
AROUND = [
    Offer(
        id=f"around {at}",
        title=" ".join(listings.WORDS[at : at + 3]),
        text=" ".join(listings.WORDS[at * 2 : at * 2 + 5]),
    )
    for at in range(25)
]


KNOWING = Matcher(today=TODAY).fit(AROUND)


def score(need: Need, offer: Offer) -> float | None:
    """The score of a pair by what the offers around tell; None where it is not listed."""
    found = KNOWING.explain(need, offer, reader="need")
    return found.score if found else None


@quietly
@given(listings.numbered(listings.needs(), 6), listings.numbered(listings.offers(), 6))
def test_parts_add_up_directions_agree_and_lists_are_prefixes(needs: list[Need], offers: list[Offer]) -> None:
    matcher = Matcher(today=TODAY).fit(offers)
    forth = matcher.rank(needs, top=100, near_misses=100)
    back = matcher.rank_offers(needs, top=100, near_misses=100)
    pairs = {(line.id, match.id): (match.score, match.parts) for line in forth for match in line.matches}
    mirrored = {(match.id, line.id): (match.score, match.parts) for line in back for match in line.matches}
    assert all(pairs[pair] == mirrored[pair] for pair in pairs.keys() & mirrored.keys())
    near = {(line.id, miss.id): [each.gate for each in miss.refused_by] for line in forth for miss in line.near}
    also = {(miss.id, line.id): [each.gate for each in miss.refused_by] for line in back for miss in line.near}
    assert all(near[pair] == also[pair] for pair in near.keys() & also.keys())
    # Only what repeats another listing of its side is left out of a list.
    copies = (_repeated(needs), _repeated(offers))
    for need, offer in pairs.keys() ^ mirrored.keys() | near.keys() ^ also.keys():
        assert need in copies[0] or offer in copies[1]
    for lines in (forth, back):
        for line in lines:
            ranks = [(-match.score, match.id) for match in line.matches]
            assert ranks == sorted(ranks)
            for match in line.matches:
                assert tuple(match.parts) == PARTS
                assert math.isclose(sum(match.parts.values()), match.score, abs_tol=1e-9)
                assert math.isfinite(match.score)
                assert 1 <= len(match.reasons) <= 4 and all(str(reason) for reason in match.reasons)
                assert match.against is None or str(match.against)
    for top in (1, 2, 3):
        short = matcher.rank(needs, top=top, near_misses=top)
        assert [line.matches for line in short] == [line.matches[:top] for line in forth]
        assert [line.near for line in short] == [line.near[:top] for line in forth]


def _repeated(side: list) -> set[str]:
    """The ids of listings whose stems and facts another one has too, all but."""
    return {a.id for a in side for b in side if a is not b and _words(a) & _words(b) and a.kinds == b.kinds}


def _words(listing: Need | Offer) -> set[str]:
    return {*listing.title.split(), *listing.text.split()}


@quietly
@given(listings.numbered(listings.needs(), 5), listings.numbered(listings.offers(), 5))
def test_a_score_is_the_same_in_any_company_of_needs(needs: list[Need], offers: list[Offer]) -> None:
    matcher = Matcher(today=TODAY).fit([*offers, *AROUND])
    together = matcher.rank(needs, top=100)
    assert [matcher.rank([need], top=100)[0] for need in needs] == together
    assert matcher.rank(needs[::-1], top=100) == together[::-1]
    for line, need in zip(together, needs, strict=True):
        listed = {match.id: match for match in line.matches}
        for offer in offers:
            alone = matcher.explain(need, offer, reader="need")
            assert alone == listed.get(offer.id) or (offer.id not in listed and offer.id in _repeated([*offers]))


MARSEILLE, RENNES, QUIMPER = Place("commune", "13055"), Place("commune", "35238"), Place("commune", "29232")
GUIPAVAS, BREST = Place("commune", "29075"), Place("commune", "29019")
FRANCE, BRETAGNE, FINISTERE = Place("country", "FR"), Place("region", "53"), Place("departement", "29")
JARDINS = "nature/jardins"

BETTER = {
    "nearer territory": ("territory", [None, MARSEILLE, RENNES, QUIMPER, GUIPAVAS, BREST]),
    "tighter perimeter": ("perimeter", [None, FRANCE, BRETAGNE, FINISTERE, Place("epci", "242900314"), BREST]),
    "more capacity": ("capacity", [None, 40, 41, 80, 10_000]),
    "higher maximum": ("amount_max", [None, 2000.0, 2500.0, 8000.0, 1e9]),
    "longer overlap": ("ends", [TODAY, TODAY + timedelta(9), TODAY + timedelta(30), TODAY + timedelta(400), None]),
    "wider rights": ("rights", [(), ("withdrawal",), ("management",), ("exclusion",), ("exclusion", "alienation")]),
    "more themes": ("themes", [(), ("nature",), (JARDINS,), (JARDINS, "culture"), (JARDINS, "culture", "autre")]),
    "accepted form": ("legal_forms", [(), ("association",), ("association", "cooperative")]),
    "known kind": ("kinds", [(), ("place",), ("place", "funding")]),
    "hoped for": ("expects", ["", "des ateliers", "des ateliers ouverts"]),
}


@pytest.mark.parametrize("name", BETTER)
@quietly
@given(need=listings.needs(), offer=listings.offers())
def test_a_better_fact_never_lowers_the_score(name: str, need: Need, offer: Offer) -> None:
    field, steps = BETTER[name]
    need = replace(
        need, title="jardin partagé", territory=BREST, perimeter=None, capacity=40, amount_min=2000.0,
        amount_max=6000.0, starts=TODAY, ends=TODAY + timedelta(200), rights=("withdrawal",), legal_form="association",
        themes=("nature/jardins", "culture"), contribution="ateliers ouverts à tous", status="published",
    )  # fmt: skip
    offer = replace(
        offer, title="jardin", starts=TODAY, ends=None, opens=None, closes=None, status="published", amount_min=None,
    )  # fmt: skip
    known = {"kinds": need.kinds, "territory": offer.territory, "perimeter": None, "capacity": None, "amount_max": None}
    offer = replace(offer, **known, rights=(), legal_forms=(), themes=())
    steps = [step for step in steps if field != "kinds" or not need.kinds or not step or {*step} & {*need.kinds}]
    scores = [score(need, replace(offer, **{field: step})) for step in steps]
    assert None not in scores
    assert scores == sorted(scores)


def test_the_facts_of_the_test_above_do_count() -> None:
    need = Need(
        id="n", title="jardin partagé", kinds=("place",), territory=BREST, capacity=40, amount_min=2000.0,
        amount_max=6000.0, starts=TODAY, ends=TODAY + timedelta(200), rights=("withdrawal",), legal_form="association",
        themes=("nature/jardins", "culture"), contribution="ateliers ouverts à tous",
    )  # fmt: skip
    for name, (field, steps) in BETTER.items():
        offer = Offer(id="o", title="jardin", starts=TODAY)
        first, last = (score(need, replace(offer, **{field: step})) for step in (steps[0], steps[-1]))
        assert first is not None and last is not None and first < last, name


@quietly
@given(need=listings.needs(), offer=listings.offers(), data=st.data())
def test_a_known_fact_that_fits_is_not_below_an_unknown_one(need: Need, offer: Offer, data: st.DataObject) -> None:
    need, offer = replace(need, title="jardin"), replace(offer, title="jardin")
    known = score(need, offer)
    if known is None:
        return
    side, field, unknown = data.draw(
        st.sampled_from(
            [
                (side, field, unknown)
                for side in (need, offer)
                for field, unknown in [("kinds", ()), ("capacity", None), ("rights", ()), ("territory", None)]
            ]
        )
    )
    changed = replace(side, **{field: unknown})
    without = score(changed, offer) if side is need else score(need, changed)
    if without is not None and _fits(need, offer, field):
        assert without <= known


def _fits(need: Need, offer: Offer, field: str) -> bool:
    """Whether the fact says yes by itself: a room that is too small may pass for another kind."""
    if field == "capacity":
        return need.capacity is None or offer.capacity is None or need.capacity <= offer.capacity
    return True


def test_repeating_words_does_not_help() -> None:
    need = Need(id="n", title="Un jardin partagé", text="pour les voisins du quartier")
    once = Offer(id="o", title="Jardin", text="Un jardin à partager dans le quartier, avec son compost")
    plain = score(need, once)
    assert plain is not None
    for text in (
        f"{once.text} jardin jardin jardin",
        f"{once.text} {once.text} {once.text}",
        f"{once.text}. Jardin, jardin !",
    ):
        repeated = score(need, replace(once, text=text))
        assert repeated is not None and repeated <= plain + 1e-12
    for text in (f"{need.text} jardin jardin", f"{need.text} {need.text}"):
        repeated = score(replace(need, text=text), once)
        assert repeated is not None and repeated <= plain + 1e-12


def test_the_subject_comes_before_themes_and_places() -> None:
    need = Need(
        id="n", title="Réparer des vélos", text="Un local pour un atelier de réparation de vélos ouvert aux habitants",
        themes=("mobilite/velo",), territory=Place("commune", "29019"), capacity=20, starts=TODAY, rights=("access",),
        kinds=("place",), legal_form="association",
    )  # fmt: skip
    about = Offer(
        id="about", title="Ancien garage", text="Garage pour réparer des vélos", territory=Place("commune", "13055")
    )
    beside = Offer(
        id="beside", title="Piscine municipale", text="Bassin ouvert aux habitants", themes=("mobilite/velo",),
        territory=Place("commune", "29019"), perimeter=Place("commune", "29019"), capacity=500, starts=TODAY,
        rights=("exclusion", "alienation"), kinds=("place",), legal_forms=("association",),
    )  # fmt: skip
    matcher = Matcher(today=TODAY).fit([about, beside, *AROUND])
    assert [match.id for match in matcher.rank([need])[0].matches if "around" not in match.id] == ["about", "beside"]


def test_a_pair_is_listed_only_where_its_subject_speaks() -> None:
    same_facts = {"kinds": ("place",), "territory": Place("commune", "29019"), "capacity": 30}
    pool = Offer(id="pool", title="Piscine", themes=("sport",), **same_facts)
    silent = Offer(id="silent", **same_facts)
    matcher = Matcher().fit([pool, silent])
    assert [m.id for m in matcher.rank([Need(id="n", title="Jardin", **same_facts)])[0].matches] == ["silent"]
    assert [m.id for m in matcher.rank([Need(id="n", **same_facts)])[0].matches] == ["pool", "silent"]
    assert [m.id for m in matcher.rank([Need(id="n", title="Jardin", themes=("sport/eau",))])[0].matches] == ["pool"]
    assert matcher.rank([Need(id="n")])[0].matches == ()
    far = Offer(id="far", territory=Place("commune", "13055"))
    assert Matcher().fit([far]).rank([Need(id="n", territory=BREST)])[0].matches == ()
    hoped = Matcher().fit([Offer(id="o", title="Piscine", expects="des ateliers")])
    assert hoped.rank([Need(id="n", title="Jardin", contribution="des ateliers")])[0].matches == ()


def test_ties_are_in_the_order_of_ids() -> None:
    offers = [Offer(id=id_, title="jardin") for id_ in ("b", "é", "a", "10", "9", "Z")]
    (ranking,) = Matcher().fit(offers).rank([Need(id="n", title="jardin")])
    assert [match.id for match in ranking.matches] == sorted(offer.id for offer in offers)


def test_scores_of_two_needs_compare() -> None:
    """Nothing fits can be told: a need that the offers answer stands above one that they brush against."""
    lent = [Offer(id="o", title="Prêt de vélos", text="Des vélos pour les associations du quartier")]
    matcher = Matcher().fit([*lent, *AROUND])
    answered = matcher.rank([Need(id="a", title="Prêt de vélos pour notre association")])[0].matches[0].score
    brushed = matcher.rank(
        [Need(id="b", title="Cours de musique baroque et chant choral en plein air, quartier nord")]
    )[0]
    assert all(match.score < answered / 3 for match in brushed.matches)


def test_a_period_that_fits_is_not_below_an_unknown_one() -> None:
    need = Need(id="n", title="jardin", starts=date(2027, 1, 1), ends=date(2027, 3, 1))
    offer = Offer(id="o", title="jardin", starts=date(2026, 1, 1), ends=date(2029, 1, 1))
    known = score(need, offer)
    for less in ({"starts": None}, {"ends": None}, {"starts": None, "ends": None}):
        assert known >= score(replace(need, **less), offer)
