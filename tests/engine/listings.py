"""Needs and offers at random, plausible enough to meet."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from matching.engine import Need, Offer, Place
from matching.engine.listings import KINDS, RIGHTS

WORDS = (
    "jardin jardins jardinage partagé salle salles atelier ateliers vélo réparation compost école musée archives "
    "données carte numérique médiation cuisine solidaire quartier fête mémoire énergie toit solaire semences troc"
).split()
PLACES = (
    Place("commune", "29019"),
    Place("commune", "29232"),
    Place("commune", "35238"),
    Place("commune", "75111"),
    Place("commune", "75056"),
    Place("epci", "242900314"),
    Place("departement", "29"),
    Place("departement", "974"),
    Place("region", "53"),
    Place("country", "FR"),
)
THEMES = ("nature", "nature/jardins", "nature/eau", "culture", "culture/memoire", "numerique/mediation")
FORMS = ("association", "cooperative", "informal")
TODAY = date(2026, 3, 10)

texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
days = st.integers(-60, 60).map(lambda days: TODAY + timedelta(days=days))
maybe_place = st.none() | st.sampled_from(PLACES)


def some(choices: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Several of the choices, or none."""
    return st.lists(st.sampled_from(choices), unique=True, max_size=3).map(tuple)


def _ordered(draw: Any, values: st.SearchStrategy) -> tuple[Any, Any]:
    low, high = draw(st.none() | values), draw(st.none() | values)
    return (low, high) if low is None or high is None else (min(low, high), max(low, high))


@st.composite
def _facts(draw: Any) -> dict[str, Any]:
    amount_min, amount_max = _ordered(draw, st.integers(0, 9).map(lambda amount: amount * 1000.0))
    starts, ends = _ordered(draw, days)
    return {
        "title": draw(texts),
        "text": draw(texts),
        "kinds": draw(some(KINDS)),
        "themes": draw(some(THEMES)),
        "territory": draw(maybe_place),
        "perimeter": draw(maybe_place),
        "amount_min": amount_min,
        "amount_max": amount_max,
        "capacity": draw(st.none() | st.integers(0, 100)),
        "starts": starts,
        "ends": ends,
        "rights": draw(some(RIGHTS)),
        "status": draw(st.sampled_from(["published"] * 9 + ["draft"])),
    }


@st.composite
def needs(draw: Any) -> Need:
    """A need without an id of its own."""
    return Need(
        id="n",
        **draw(_facts()),
        legal_form=draw(st.sampled_from(("", *FORMS))),
        contribution=draw(texts),
    )


@st.composite
def offers(draw: Any) -> Offer:
    """An offer without an id of its own."""
    opens, closes = _ordered(draw, days)
    return Offer(
        id="o", **draw(_facts()), opens=opens, closes=closes, legal_forms=draw(some(FORMS)), expects=draw(texts)
    )


def numbered(listings: st.SearchStrategy, most: int) -> st.SearchStrategy[list]:
    """A list of them with ids of their own."""
    from dataclasses import replace

    return st.lists(listings, min_size=1, max_size=most).map(
        lambda found: [replace(listing, id=f"{at:02}") for at, listing in enumerate(found)]
    )
