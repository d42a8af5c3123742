"""What every page of ours has in common: open to anybody, found and drawn in a fixed number of queries."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult

from matching.screens.anonymous import edition_of, mark_same


@lru_cache(maxsize=2)
def _any_restricted(edition: str) -> bool:
    """Whether some page is not for everybody: asked once in each edition."""
    return bool(PageViewRestriction.objects.exists())


class OpenPage:
    """A page that is found by its whole address at once, and read with what it shows."""

    shown_with: ClassVar[Sequence[str]] = ()
    """What its template reads beside it, in the same query."""
    has_no_restriction = False

    def get_view_restrictions(self) -> QuerySet:
        """Those on the page and above it; no query where the edition knows none."""
        if self.has_no_restriction:
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()  # type: ignore[misc]

    @property
    def has_map(self) -> bool:
        """Whether its body holds a map, for which the page loads what draws it."""
        body = getattr(self, "body", None)
        return body is not None and any(block.block_type == "map" for block in body)


class PublicPage(OpenPage, Page):
    """A page that is the same for everybody who is not signed in."""

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return mark_same(super().serve(request, *args, **kwargs))


def open_pages(rows: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Those that anybody may read, without asking for restrictions where there are none."""
    rows = rows.live()
    return rows.public() if _any_restricted(edition_of(request)) else rows


def route_below(home: Page, request: HttpRequest, path_components: list[str]) -> RouteResult:
    """The page of this address below the home page, in two queries whatever its depth.

    The rest of an address below a page is that page's own affair, as of recipes (« adapter/ »).
    """
    addresses = [
        home.url_path + "".join(f"{part}/" for part in path_components[:most])
        for most in range(len(path_components), 0, -1)
    ]
    rows = list(Page.objects.filter(url_path__in=addresses).order_by("-depth"))
    if not rows:
        raise Http404
    nearest, *above = rows
    page = _read(nearest)
    page._cached_parent_obj = above[0] if above else home
    page.has_no_restriction = not _any_restricted(edition_of(request))
    route: RouteResult = page.route(request, path_components[nearest.depth - home.depth :])
    return route


def _read(page: Page) -> Any:
    model = page.specific_class
    rows = model._default_manager.select_related(*getattr(model, "shown_with", ()))
    return rows.get(pk=page.pk)
