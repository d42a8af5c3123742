"""What is new and what will happen, for readers of feeds and calendars; by theme and by territory."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import localdate, make_aware, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.models import NewsPage, StoryPage
from cms.models.base import open_pages
from matching.catalogue.models import Theme
from matching.screens.anonymous import same_for_strangers
from matching.territories.models import Territory

_MOST = 50
_LINE = 75
_KEPT = timedelta(days=31)


@login_not_required
@require_safe
@same_for_strangers
def stories_feed(request: HttpRequest) -> HttpResponse:
    """The latest stories as Atom: all, of a theme (?theme=slug) or of a territory (?territoire=commune-29019)."""
    rows = open_pages(StoryPage.objects.filter(_asked(request)), request).distinct().order_by("-date", "-pk")[:_MOST]
    feed = Atom1Feed(
        title=_("Réussites · Partenariats citoyens"),
        link=settings.BASE_URL + "/reussites/",
        feed_url=request.build_absolute_uri(),
        description=_("Ce que des collectifs et des collectivités ont fait ensemble."),
        language="fr",
    )
    for story in rows:
        feed.add_item(
            title=story.title,
            link=settings.BASE_URL + (story.url or "/"),
            description=story.intro,
            unique_id=story.translation_key.urn,
            pubdate=story.first_published_at or make_aware(datetime.combine(story.date, time())),
            updateddate=story.last_published_at or make_aware(datetime.combine(story.date, time())),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@login_not_required
@require_safe
@same_for_strangers
def agenda(request: HttpRequest) -> HttpResponse:
    """Appointments of the news as iCalendar (RFC 5545), with the same filters."""
    since = make_aware(datetime.combine(localdate() - _KEPT, time()))
    rows = open_pages(NewsPage.objects.filter(_asked(request), starts__gte=since), request)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PCC//Rendez-vous//FR"]
    for page in rows.distinct().order_by("starts", "pk")[:_MOST]:
        lines += _event(page)
    text = "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _asked(request: HttpRequest) -> Q:
    """What is asked for, as a condition on pages. Raises Http404 for a theme or a territory that nobody knows."""
    asked = Q()
    if slug := request.GET.get("theme", ""):
        if not Theme.objects.filter(slug=slug).exists():
            raise Http404
        asked &= Q(themes__slug=slug) | Q(themes__parent__slug=slug)
    if key := request.GET.get("territoire", ""):
        level, _dash, code = key.partition("-")
        territory = Territory.objects.at(level, code).first() if level in Territory.Level.values else None
        if territory is None:
            raise Http404
        asked &= Q(territory=territory) | Q(territory__in=Territory.objects.within(territory).values("pk"))
    return asked


def _event(page: NewsPage) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{page.translation_key}@pcc"
    yield f"DTSTAMP:{_instant(page.last_published_at or now())}"
    yield f"DTSTART:{_instant(page.starts)}"
    if page.ends:
        yield f"DTEND:{_instant(page.ends)}"
    yield f"SUMMARY:{_plain(page.title)}"
    if page.place:
        yield f"LOCATION:{_plain(page.place)}"
    yield f"DESCRIPTION:{_plain(page.intro)}"
    yield f"URL:{settings.BASE_URL}{page.url or '/'}"
    yield "END:VEVENT"


def _instant(value: Any) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _plain(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: str) -> Iterator[str]:
    """Lines of 75 octets at most, never cut inside a letter; what goes on begins with a space."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > _LINE:
            yield part
            part = " "
        part += letter
    yield part
