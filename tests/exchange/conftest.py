"""Themes, organisations and rows for imports."""

from datetime import date

import pytest

from matching.catalogue.vocabulary import load_themes
from matching.exchange.importing import Settings
from matching.exchange.reading import Row


@pytest.fixture
def themes(db):
    load_themes()


@pytest.fixture
def world(themes, territories, brest, bricoleuses):
    """Themes, territories, an authority `brest` and a collective `bricoleuses`."""
    return {"brest": brest, "bricoleuses": bricoleuses}


@pytest.fixture
def settings_of():
    def make(**changes):
        return Settings(**{"source": "essai", "today": date(2026, 6, 1), **changes})

    return make


def rows(*records):
    """Rows numbered from 1, as a JSON Lines file gives them."""
    return [Row(line, record=record) for line, record in enumerate(records, start=1)]
