"""One instance, started as a user starts it, on its own port and database; a real browser in front of it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# A cold start takes 90 s on a quiet machine; the tests run beside it.
START_LIMIT = 600.0
# What a page may need on a busy machine; a worker's answer comes well before.
PATIENCE_MS = 30_000
SETTLED_MS = 1_500
STOPPING_LIMIT = 30.0
BETWEEN_MAILS = re.compile(rb"(?m)^-{79}\n")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    """Every test of this folder is a journey. They come first: they wait a lot, and the others fill that time."""
    journeys = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in journeys:
        item.add_marker(pytest.mark.journey)
    yield
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


@dataclass(frozen=True)
class Instance:
    """A running demo: its address, its accounts by role, its folder, and what `demo --once` had said before."""

    url: str
    accounts: dict[str, tuple[str, str]]
    folder: Path
    environment: dict[str, str]
    counts: dict[str, object]

    def account(self, role: str) -> tuple[str, str]:
        """The address and the password of the first role that begins so."""
        return next(account for name, account in self.accounts.items() if name.startswith(role))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run manage.py beside the instance, in its environment."""
        command = [sys.executable, "manage.py", *arguments]
        environment = {**self.environment, "BASE_URL": self.url}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)

    def mails_to(self, address: str) -> list[EmailMessage]:
        """The mails that this person has received, oldest first."""
        parser = BytesParser(policy=policy.default)
        files = sorted((self.folder / "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        mails = [
            parser.parsebytes(written)
            for path in files
            for written in BETWEEN_MAILS.split(path.read_bytes())
            if written.strip()
        ]
        return [mail for mail in mails if mail["To"] == address]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="package")
def own_database() -> Iterator[str]:
    """The DATABASE_URL of a database made for this run, on the same engine as the suite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"pcc_journey_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        # Nobody keeps what a journey writes: a commit need not wait for the disk.
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="package")
def instance(tmp_path_factory, own_database) -> Iterator[Instance]:
    """`demo --once`, so that what is measured later is one listing and not 300; then `demo`, stopped by Ctrl-C."""
    folder = tmp_path_factory.mktemp("instance")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BASE_URL")}
    environment.update(PCC_VAR_DIR=str(folder), PCC_NO_BOOTSTRAP="1", PYTHONUNBUFFERED="1")
    if own_database:
        environment["DATABASE_URL"] = own_database
    counts = _demo_once(environment)
    port = free_port()
    log = folder / "demo.log"
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        accounts = _accounts(demo, log)
        yield Instance(f"http://localhost:{port}", accounts, folder, environment, counts)
        _stop_and_look(demo, folder)
    finally:
        _kill(_processes_of(folder))


def _demo_once(environment: dict[str, str]) -> dict[str, object]:
    """Make the demo world and let the workers match all of it. Returns what the command prints."""
    command = [sys.executable, "manage.py", "demo", "--once"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=START_LIMIT)
    assert done.returncode == 0, done.stderr[-3000:]
    counts = json.loads(done.stdout)
    print(f"demo --once : {counts}")
    return counts


def _accounts(demo: subprocess.Popen[bytes], log: Path) -> dict[str, tuple[str, str]]:
    """Wait for the welcome and read the accounts from it, as a user would."""
    started = time.monotonic()
    while time.monotonic() < started + START_LIMIT and demo.poll() is None:
        text = log.read_text()
        if "Ctrl-C" in text:
            print(f"demo, une seconde fois : prêt en {time.monotonic() - started:.1f} s")
            found = re.findall(r"(?m)^  (\S.*?)\s{2,}(\S+@\S+)\s+(\S+)$", text)
            return {role: (email, password) for role, email, password in found}
        time.sleep(0.2)
    raise AssertionError(f"The demo did not start:\n{log.read_text()[-3000:]}")


def _stop_and_look(demo: subprocess.Popen[bytes], folder: Path) -> None:
    """Ctrl-C, as a terminal sends it; then no process of this instance is left."""
    assert len(_processes_of(folder)) >= 4, "the demo, a web server and workers should be running"
    os.killpg(demo.pid, signal.SIGINT)
    code = demo.wait(STOPPING_LIMIT)
    left = [_command_of(process) for process in _processes_of(folder)]
    assert left == [], f"Ctrl-C left these behind: {left}"
    assert code == 0, (folder / "demo.log").read_text()[-2000:]


def _processes_of(folder: Path) -> list[int]:
    """Every process that was started with the instance's folder in its environment, orphans too."""
    mark = f"PCC_VAR_DIR={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        # A process may end, or be somebody else's, while we look. A zombie's environment is empty.
        with suppress(OSError):
            if mark in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def _command_of(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return str(process)


def _kill(processes: list[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed after the last journey: Django refuses to work in a thread that has an event loop."""
    assert CHROMIUM, "Les parcours demandent Chromium : apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )
        yield browser
        browser.close()


# What of axe's rules depends on the colours: the rest is the same in the dark.
COLOUR_RULES = {"runOnly": ["color-contrast", "link-in-text-block"]}
# Drawn anew at each request: no part of what axe looks at.
DRAWN = re.compile(r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]*"|nonce="[^"]*"')


class Visitor:
    """A person in front of a browser window. Every page met is checked by axe, in light and in dark."""

    #: Pages that axe has seen, of the whole run: path, width, markup.
    checked: ClassVar[set[tuple[str, int, str]]] = set()

    def __init__(self, page: Page, instance: Instance, *, with_javascript: bool = True) -> None:
        self.page = page
        self.instance = instance
        self.with_javascript = with_javascript
        self.outside: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.set_default_navigation_timeout(PATIENCE_MS)
        page.on("request", self._note_request)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note_complaint)

    def _note_request(self, request) -> None:
        if not request.url.startswith((f"{self.instance.url}/", "data:", "blob:")):
            self.outside.append(request.url)

    def _note_complaint(self, message) -> None:
        """What the browser itself finds wrong: a refused style, a missing file, a script that fails."""
        if message.type == "error":
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.instance.url}{path}")
        self.check()

    def press(self, name: str | re.Pattern[str], *, role: str = "button", within: Locator | None = None) -> None:
        """Press the first button or link of this name, and check the page that comes."""
        (within or self.page).get_by_role(role, name=name).first.click()
        self.check()

    def check(self) -> None:
        """axe finds nothing, the page is no wider than the window, nothing came from elsewhere or failed."""
        self.page.wait_for_load_state("load")
        # axe needs to run in the page; the very same page at the same width has the same faults.
        if self.with_javascript and not self._has_been_checked():
            for scheme, options in (("light", None), ("dark", COLOUR_RULES)):
                self.page.emulate_media(color_scheme=scheme)
                found = self._faults(options)
                if found:
                    # What fades in is judged once it stands.
                    self.page.wait_for_timeout(SETTLED_MS)
                    found = self._faults(options)
                sentences = [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found]
                assert not sentences, f"{self.page.url} ({scheme}): {sentences}"
        width, window = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width <= window, f"{self.page.url} is {width} px wide in a window of {window}"
        self.check_origin()

    def _faults(self, options: dict[str, object] | None) -> list[dict]:
        """What axe finds in the page as it is now."""
        found: list[dict] = Axe().run(self.page, options=options).response["violations"]
        return found

    def _has_been_checked(self) -> bool:
        width = self.page.viewport_size["width"]
        content = (urlsplit(self.page.url).path, width, DRAWN.sub("", self.page.content()))
        known = content in self.checked
        self.checked.add(content)
        return known

    def check_origin(self) -> None:
        """Nothing came from elsewhere, nothing failed to load or to run."""
        assert self.outside == []
        assert self.complaints == []

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)

    def sign_in(self, role: str) -> None:
        """By the door that everybody uses, to their desk."""
        email, password = self.instance.account(role)
        self.go("/compte/login/")
        main = self.page.get_by_role("main")
        main.get_by_label("E-mail").fill(email)
        main.get_by_label("Mot de passe").fill(password)
        self.press("Se connecter", within=main)
        expect(self.page).not_to_have_url(re.compile("/compte/"))

    def tab_to(self, wanted: Locator) -> None:
        """Tab forward, as somebody without a mouse, to the first of these controls. The focus shows."""
        control = wanted.filter(visible=True).first
        for _press in range(80):
            self.page.keyboard.press("Tab")
            if control.evaluate("control => control === document.activeElement"):
                style = control.evaluate("control => getComputedStyle(control).outlineStyle")
                assert style != "none", f"The focus does not show on {wanted}"
                return
        raise AssertionError(f"{wanted} is not within reach of the keyboard on {self.page.url}")


@pytest.fixture
def open_window(browser: Browser, instance: Instance):
    """A new browser, of somebody else: open_window(width=360, with_javascript=False)."""
    contexts = []

    def open_one(width: int = 1280, *, with_javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="fr-FR",
            java_script_enabled=with_javascript,
            # Colours that are still changing are nobody's contrast.
            reduced_motion="reduce",
        )
        contexts.append(context)
        return Visitor(context.new_page(), instance, with_javascript=with_javascript)

    yield open_one
    for context in contexts:
        context.close()
