"""Somebody looks through the offers: words and filters, what to loosen where there is nothing, the map and its list."""

import json
import re

from playwright.sync_api import expect

NOTHING = "/offres/?q=jardins&kind=data&territory=Brest+%28Finist%C3%A8re%29&territory_place=commune-29019"
# Brest and towns around it; a triangle stands for the Finistère.
POINTS = "code,lon,lat\n29019,-4.50,48.40\n29075,-4.51,48.47\n29103,-4.25,48.45\n59512,3.18,50.69\n"
FINISTERE = [[[-5.2, 47.7], [-3.5, 48.0], [-4.0, 48.8], [-5.2, 47.7]]]


def load_country(instance, folder):
    """Points and an outline, while the service runs."""
    points, outlines = folder / "points.csv", folder / "outlines.geojson"
    points.write_text(POINTS)
    geometry = {"type": "Polygon", "coordinates": FINISTERE}
    outlines.write_text(json.dumps({"features": [{"properties": {"code": "29"}, "geometry": geometry}]}))
    for command, file in (("load_coordinates", points), ("load_outlines", outlines)):
        done = instance.run(command, str(file))
        assert done.returncode == 0, done.stderr


def test_a_search_that_finds_nothing_is_loosened_and_seen_on_the_map(open_window, instance, tmp_path):
    visitor = open_window(1280)
    visitor.go(NOTHING)
    visitor.sees("Rien avec tous ces filtres à la fois")
    visitor.check()
    visitor.press(re.compile("Sans le filtre.*Données"), role="link")
    cards = visitor.page.get_by_role("article")
    expect(cards.first).to_be_visible()
    expect(visitor.page.locator(".own-word").first).to_be_visible()
    visitor.page.go_back()
    visitor.sees("Rien avec tous ces filtres à la fois")
    visitor.page.go_forward()
    assert visitor.page.get_by_label("Vos mots").input_value() == "jardins"

    load_country(instance, tmp_path)
    visitor.go("/offres/?territory=Brest+%28Finist%C3%A8re%29&territory_place=commune-29019")
    visitor.page.get_by_label("Distance").select_option("10")
    visitor.press("Chercher")
    visitor.sees(re.compile(r"à (moins de 1|\d+)\skm"))
    visitor.press("Voir la carte", role="link")
    point = visitor.page.locator(".map__point").first
    expect(point).to_be_visible()
    expect(visitor.page.locator("path.map__outline").first).to_be_attached()
    point.focus()
    visitor.page.keyboard.press("Enter")
    on_map = visitor.page.locator(".leaflet-popup-content a")
    expect(on_map.first).to_be_visible()
    said = {title.strip() for title in cards.locator(".card__title").all_inner_texts()}
    assert {title.strip() for title in on_map.all_inner_texts()} <= said
    visitor.check()


def test_without_javascript_the_list_says_what_the_map_would(open_window, instance, tmp_path):
    load_country(instance, tmp_path)
    visitor = open_window(320, with_javascript=False)
    visitor.go("/offres/?map=1&q=salle")
    visitor.sees("La carte a besoin de JavaScript")
    expect(visitor.page.get_by_role("article").first).to_be_visible()
    visitor.page.get_by_label("Vos mots").fill("reparation")
    visitor.press("Chercher")
    expect(visitor.page.locator(".own-word").first).to_be_visible()
    assert "map=1" in visitor.page.url
