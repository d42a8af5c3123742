"""The themes: loaded once, loaded again, and what a listing may carry."""

import json

import pytest

from matching.catalogue import vocabulary
from matching.catalogue.models import Theme
from matching.catalogue.vocabulary import load_themes

pytestmark = pytest.mark.django_db


def test_two_levels_of_themes_each_named_in_both_languages():
    assert load_themes() == 84 == Theme.objects.count()
    parents = Theme.objects.filter(parent=None)
    assert parents.count() == 14
    for theme in Theme.objects.select_related("parent"):
        assert theme.name_fr
        assert theme.name_en
        assert theme.parent is None or theme.slug.startswith(f"{theme.parent.slug}/")


def test_loading_again_keeps_rows_and_follows_the_file(tmp_path, monkeypatch):
    load_themes()
    before = dict(Theme.objects.values_list("slug", "pk"))
    themes = json.loads(vocabulary.THEMES.read_text(encoding="utf-8"))
    themes[0]["fr"] = "Numérique"
    del themes[1]["children"][0]
    changed = tmp_path / "themes.json"
    changed.write_text(json.dumps(themes), encoding="utf-8")
    monkeypatch.setattr(vocabulary, "THEMES", changed)
    assert load_themes() == 83
    assert dict(Theme.objects.values_list("slug", "pk")) == before
    assert Theme.objects.get(slug=themes[0]["slug"]).name_fr == "Numérique"
