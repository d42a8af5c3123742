"""The service at the size of a country: p95 of its lists, its search, a desk and the home match."""

import time
from collections.abc import Callable
from statistics import median, quantiles

from django.urls import reverse
from django.utils import timezone

from matching.catalogue.models import Need, Offer, Theme
from matching.suggestions import services
from matching.territories.models import Territory
from pcc.management.commands import _bench_world as world
from pcc.management.commands._bench_pages import Browser, ratios

Say = Callable[[str, str], None]


def measure(listings: int, say: Say, *, matcher: bool) -> None:
    """Build that many offers and needs in a database of their own, and measure."""
    with world.scratch_database():
        began = time.perf_counter()
        authority = world.build(listings)
        say(f"\n{listings} offres et {listings} besoins écrits", f"{time.perf_counter() - began:.0f} s")
        _lists(say)
        _search(say)
        _desk(authority, say)
        ratios(pages(), say)
        if matcher:
            _home(say)


def pages() -> dict[str, str]:
    """A page of each sort, in the database at hand."""
    offer, need = Offer.objects.published().first(), Need.objects.published().first()
    listed = {"liste des offres": reverse("public:offers"), "liste des besoins": reverse("public:needs")}
    if offer:
        listed["une offre"] = reverse("public:offer", args=[offer.uuid, offer.slug])
    if need:
        listed["un besoin"] = reverse("public:need", args=[need.uuid, need.slug])
    return listed


def _lists(say: Say) -> None:
    browser = Browser()
    themes = Theme.objects.filter(parent__isnull=False).order_by("pk")
    town = Territory.objects.filter(latitude__isnull=False).order_by("-population").first()
    places = {level: Territory.objects.current().filter(level=level).order_by("pk")[9] for level in _LARGER}
    for name in ("public:offers", "public:needs"):
        address = reverse(name)
        grounds = [
            f"territory={place}&territory_place={place.level}-{place.code}" for place in (*places.values(), town)
        ]
        shapes = {
            "premières pages": ["", "?page=2", "?page=3"],
            "page 2 000": ["?page=2000"],
            "un filtre": ["?kind=place", f"?theme={themes[5].slug}", "?within=30", "?within=none", "?people=60"],
            "droits et montants": ["?legal_form=informal", "?amount=5000", "?legal_form=association&kind=funding"],
            "un territoire": [f"?{ground}" for ground in grounds],
            "une distance": [f"?{grounds[-1]}&radius={radius}" for radius in (5, 20, 50)],
            "tout à la fois": [f"?{grounds[-1]}&radius=50&kind=place&within=90&people=20&legal_form=association"],
            "rien : que desserrer": [f"?{grounds[-1]}&radius=5&kind=data&people=250&theme={themes[5].slug}"],
        }
        for shape, asked in shapes.items():
            figure = browser.measure([address + query for query in asked], rounds=max(4, 24 // len(asked)))
            say(f"  {address} {shape}", figure.said())


_LARGER = ("epci", "departement", "region")


def _search(say: Say) -> None:
    browser = Browser()
    for name, model in (("public:offers", Offer), ("public:needs", Need)):
        words = [
            word for title in model.objects.order_by("pk")[:3].values_list("title", flat=True) for word in title.split()
        ]
        began = time.perf_counter()
        browser.ask(f"{reverse(name)}?q={words[0]}")
        say(f"  {reverse(name)} première recherche, tout est lu", f"{time.perf_counter() - began:.1f} s")
        shapes = {
            "un mot": [f"?q={word}" for word in words[:6]],
            "trois mots": [f"?q={'+'.join(words[at : at + 3])}" for at in range(0, 6)],
            "un mot et un filtre": [f"?q={word}&kind=place&people=50" for word in words[:6]],
            "une faute de frappe": [
                f"?q={word[:2]}{word[3]}{word[2]}{word[4:]}" for word in words[:6] if len(word) > 5
            ],
        }
        for shape, asked in shapes.items():
            figure = browser.measure([reverse(name) + query for query in asked], rounds=4)
            say(f"  {reverse(name)} {shape}", figure.said())


def _desk(authority: object, say: Say) -> None:
    browser = Browser(world.officer_of(authority))
    address = reverse("desk_of", args=[authority.slug])
    figure = browser.measure([address, f"{address}?page=2"], rounds=10)
    say(f"  bureau de {world.ON_ONE_DESK} annonces", figure.said())


def _home(say: Say) -> None:
    """What somebody types on the home page, matched with all offers."""
    from matching.suggestions import index

    began = time.perf_counter()
    town = Territory.objects.filter(latitude__isnull=False).order_by("-population").first()
    texts = list(Need.objects.order_by("pk")[:40].values_list("text", flat=True))
    services.match_text(text=texts[0], territory=town)
    say("  accueil, premier rapprochement, tout est appris", f"{time.perf_counter() - began:.0f} s")
    whole, inside = [], []
    for text in texts:
        began = time.perf_counter()
        services.match_text(text=text, territory=town)
        whole.append(time.perf_counter() - began)
        at_hand = index.current(timezone.localdate(), at_most=60.0)
        need = services.bridge.text_in_engine(text=text, territory=town, capacity=None, kinds=())
        began = time.perf_counter()
        at_hand.matcher.rank([need], top=services.TOP, near_misses=services.NEAR)
        inside.append(time.perf_counter() - began)
    for name, seconds in (("accueil, en tout", whole), ("accueil, dans le moteur", inside)):
        worst = quantiles(seconds, n=20)[-1]
        said = f"{median(seconds) * 1000:6.1f} ms, 95 sur cent sous {worst * 1000:6.1f}"
        say(f"  {name}", said)
