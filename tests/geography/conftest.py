"""The geography is tested without Django, alone or with the whole suite."""

import pytest


@pytest.fixture(autouse=True)
def _quick_and_apart():
    """Stands before the fixture of the whole suite, which asks for Django's settings."""
