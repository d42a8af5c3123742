"""The tables of places and themes say, for thousands at once, what the geography and the slugs say of two."""

import random

import numpy as np

from matching.engine import Need, Offer
from matching.engine.columns import read
from matching.engine.meetings import Meetings, theme_fit
from matching.geography import FARTHEST, load


def test_nearness_is_the_geographys_for_places_of_every_kind() -> None:
    geography = load()
    random.seed(11)
    places = [geography.resolve(each.level, each.code) for each in geography.territories()]
    some = [place for place in random.sample(places, 250) if place is not None]
    some += [
        p
        for p in dict.fromkeys(places)
        if p and (p.level in ("departement", "region", "country") or p.code[:2] == "75")
    ]
    needs = read([Need(id=str(at), territory=place) for at, place in enumerate(some)], geography)
    offers = read([Offer(id=str(at), territory=place) for at, place in enumerate(some)], geography)
    meetings = Meetings(needs, offers, by_need=True)
    rows, columns = needs.columns.territory[:, None], offers.columns.territory[None, :]
    expected = np.array([geography.nearnesses(place, some) for place in some])
    apart = np.array([[not geography.overlaps(a, b) for b in some] for a in some])
    assert np.array_equal(meetings.apart(rows, columns), apart)
    assert np.allclose(meetings.nearness_fit(rows, columns), (FARTHEST + 1 - expected) / (FARTHEST + 1))


def test_theme_fit_is_that_of_the_slugs() -> None:
    themes = ["a", "b", "a/x", "a/y", "b/x", "ab", "ab/x"]
    sides = [read([kind(id=theme, themes=(theme,)) for theme in themes], load()) for kind in (Need, Offer)]
    fits = Meetings(*sides, by_need=True).theme_fit(sides[0].columns.upright(), sides[1].columns)
    best = fits.max()
    expected = np.array([[theme_fit(a, b) for b in themes] for a in themes])
    assert np.allclose(fits, expected * best)
    assert theme_fit("a", "a/x") == theme_fit("a/x", "a") > theme_fit("a/x", "a/y") == theme_fit("a", "ab/x") == 0
