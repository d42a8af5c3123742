"""One instance, started as a user starts it, on its own port and database; a real browser in front of it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
START_LIMIT = 150.0


def pytest_collection_modifyitems(items):
    """All journeys share one instance: they stay in one test process."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@dataclass(frozen=True)
class Instance:
    """A running demo: its address, its accounts by role, its folder."""

    url: str
    accounts: dict[str, tuple[str, str]]
    folder: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def own_database():
    """The DATABASE_URL of a database made for this run, on the same engine as the suite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"pcc_journey_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def instance(tmp_path_factory, own_database):
    folder = tmp_path_factory.mktemp("instance")
    port = _free_port()
    names = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BASE_URL")}
    names.update(PCC_VAR_DIR=str(folder), PCC_NO_BOOTSTRAP="1", PYTHONUNBUFFERED="1")
    if own_database:
        names["DATABASE_URL"] = own_database
    log = folder / "demo.log"
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=ROOT,
            env=names,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Instance(f"http://localhost:{port}", _accounts(demo, log), folder)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(30)


def _accounts(demo: subprocess.Popen[bytes], log: Path) -> dict[str, tuple[str, str]]:
    """Wait for the welcome and read the accounts from it, as a user would."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and demo.poll() is None:
        text = log.read_text()
        if "Ctrl-C" in text:
            found = re.findall(r"(?m)^  (\S.*?)\s{2,}(\S+@\S+)\s+(\S+)$", text)
            return {role: (email, password) for role, email, password in found}
        time.sleep(0.5)
    raise AssertionError(f"The demo did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser():
    assert CHROMIUM, "Les parcours demandent Chromium : apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )
        yield browser
        browser.close()


class Visitor:
    """A person in front of a browser window. Every page met is checked by axe, in light and in dark."""

    def __init__(self, page: Page, instance: Instance) -> None:
        self.page = page
        self.instance = instance
        self.outside: list[str] = []
        page.on("request", self._note_request)

    def _note_request(self, request) -> None:
        if not request.url.startswith((self.instance.url, "data:", "blob:")):
            self.outside.append(request.url)

    def go(self, path: str) -> None:
        self.page.goto(self.instance.url + path)
        self.check()

    def check(self) -> None:
        """axe finds nothing, the page is no wider than the window, nothing came from elsewhere."""
        self.page.wait_for_load_state("load")
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found = Axe().run(self.page).response["violations"]
            sentences = [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found]
            assert not sentences, f"{self.page.url} ({scheme}): {sentences}"
        self.page.emulate_media(color_scheme="light")
        width = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], f"{self.page.url} is {width[0]} px wide in a window of {width[1]}"
        assert self.outside == []

    def sign_in(self, role: str) -> None:
        email, password = next(
            account for name, account in self.instance.accounts.items() if role in name.lower()
        )
        self.go("/compte/login/")
        self.page.get_by_label(re.compile("lectronique|mail", re.I)).fill(email)
        self.page.get_by_label(re.compile("mot de passe", re.I)).first.fill(password)
        self.page.get_by_role("button", name=re.compile("connecter", re.I)).last.click()
        self.check()


@pytest.fixture(params=[1280], ids=["wide"])
def visitor(browser: Browser, instance: Instance, request):
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="fr-FR", bypass_csp=True)
    page = context.new_page()
    yield Visitor(page, instance)
    context.close()


@pytest.fixture
def second_visitor(browser: Browser, instance: Instance):
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="fr-FR", bypass_csp=True)
    yield Visitor(context.new_page(), instance)
    context.close()
