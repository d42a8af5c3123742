"""The living page of components shows every one of them, to the staff alone."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db

FOLDER = Path(settings.BASE_DIR) / "pcc" / "templates"
INCLUDED = re.compile(r'{% include "(components/[\w/]+\.html)"')


def included_by(template, known=None):
    """Every component that this template includes, through others too."""
    known = set() if known is None else known
    for name in INCLUDED.findall((FOLDER / template).read_text()):
        if name not in known:
            known.add(name)
            included_by(name, known)
    return known


def test_the_page_shows_every_component():
    drawn = {f"components/{path.name}" for path in (FOLDER / "components").glob("*.html")}
    assert drawn - included_by("components.html") - included_by("base.html") == set()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_staff_see_every_state(staff, prefix):
    html = signed_in(staff).get(prefix + reverse("components")).content.decode()
    for part in ("error-summary", "htmx-request", "tone--danger", 'class="empty"', "chart__bar", "unread", " disabled"):
        assert part in html, part
    names = re.findall(r'<symbol id="([\w-]+)"', (Path(settings.BASE_DIR) / "pcc/static/pcc/icons.svg").read_text())
    assert len(names) > 40
    assert all(f"<code>{name}</code>" in html for name in names)


def test_everybody_has_one_id(staff):
    html = signed_in(staff).get(reverse("components")).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(set(ids)) == sorted(ids)
