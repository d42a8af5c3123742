"""Server time and queries of pages, as a ratio to a view that does nothing, in one run."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median, quantiles
from types import ModuleType
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.urls import path

from matching.people.models import Person

# What a view that does nothing costs, with the middleware that every page of ours goes through.
_BARE = "/rien/"
_KEEPS_PAGES = "matching.screens.anonymous.StrangersPages"
_bare_urls = ModuleType("bare_urls")
_bare_urls.urlpatterns = [path(_BARE[1:], login_not_required(lambda _request: HttpResponse("rien")))]  # type: ignore[attr-defined]


class Figure(NamedTuple):
    """Of some requests: seconds on the clock and of the processor, and the most queries of one."""

    clock: Sequence[float]
    processor: Sequence[float]
    queries: int

    def said(self) -> str:
        """Medians and the worst of twenty, on the clock and of the processor; a busy machine stretches the clock."""
        clock, processor = (
            f"{median(seconds) * 1000:6.1f} ms, 95 sur cent sous {quantiles(seconds, n=20)[-1] * 1000:6.1f}"
            for seconds in (self.clock, self.processor)
        )
        return f"{clock} (processeur {processor}), {self.queries} requêtes"


class Browser:
    """Asks pages without a network, as nobody or as a person."""

    def __init__(self, person: Person | None = None, *, without: str = "") -> None:
        """without: a middleware that is left out."""
        self._handler = BaseHandler()
        with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if name != without]):
            self._handler.load_middleware()
        self._requests = RequestFactory(SERVER_NAME="localhost")
        self._cookies = _session_of(person) if person else {}

    def ask(self, address: str) -> None:
        request = self._requests.get(address)
        request.COOKIES.update(self._cookies)
        if address == _BARE:
            request.urlconf = _bare_urls
        response = self._handler.get_response(request)
        if response.status_code != HttpResponse.status_code:
            raise RuntimeError(f"{address}: {response.status_code}")
        # Not closed: on SQLite that would open the database anew for each page, and measure little else.
        _ = response.content

    def measure(self, addresses: Sequence[str], *, rounds: int, kept: bool = False) -> Figure:
        """Every address so often. kept: pages may come from the cache for strangers."""
        clock, processor, most = [], [], 0
        for address in addresses:
            self.ask(address)
        for _ in range(rounds):
            for address in addresses:
                if not kept:
                    caches["pages"].clear()
                with _counted() as counted:
                    began, used = time.perf_counter(), time.process_time()
                    self.ask(address)
                    processor.append(time.process_time() - used)
                    clock.append(time.perf_counter() - began)
                most = max(most, counted[0])
        return Figure(clock, processor, most)


def ratios(pages: dict[str, str], say: Callable[[str, str], None]) -> None:
    """Each page beside a view that does nothing, drawn anew and from the cache: processor time, medians."""
    browser = Browser()
    # Without the question to the database that pages kept for strangers cost.
    bare = median(Browser(without=_KEEPS_PAGES).measure([_BARE], rounds=200).processor)
    say("une vue qui ne fait rien, mêmes intermédiaires", f"{bare * 1000:.2f} ms")
    for name, address in pages.items():
        drawn = median(browser.measure([address], rounds=30).processor)
        kept = median(browser.measure([address], rounds=100, kept=True).processor)
        said = f"{drawn * 1000:5.1f} ms, rapport {bare / drawn:.2f} ; gardée {kept * 1000:.2f} ms, {bare / kept:.2f}"
        say(f"  {name}", said)


def _session_of(person: Person) -> dict[str, Any]:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key}


@contextmanager
def _counted() -> Iterator[list[int]]:
    counted = [0]

    def count(execute: Any, *arguments: Any) -> Any:
        counted[0] += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield counted
