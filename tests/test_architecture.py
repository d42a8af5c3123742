"""Tests about the house itself: the import order, the top level, deny by default."""

import subprocess
import sys
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent

TOP_LEVEL = {
    "pcc",
    "matching",
    "cms",
    "tasks",
    "tests",
    "manage.py",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
}


def test_imports_run_one_way():
    check = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert check.returncode == 0, check.stdout


def test_the_top_level_holds_nothing_else():
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    top = {name.split("/")[0] for name in tracked if name and not name.startswith(".")}
    assert top <= TOP_LEVEL


def test_engine_and_geography_load_without_django():
    program = (
        "import sys; import matching.engine, matching.geography; "
        "sys.exit(any(name == 'django' or name.startswith('django.') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0


def _views(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def test_every_public_screen_is_meant_to_be_public():
    """Our own screens that open without an account, by module: a new one must be added here on purpose."""
    public = {
        f"{callback.__module__}.{callback.__qualname__}"
        for _address, callback in _views(get_resolver().url_patterns)
        if callback.__module__.startswith("matching.") and getattr(callback, "login_required", True) is False
    }
    # A conversation keeps what was typed while the session ended, and shows nothing before its author signs in.
    public -= {"matching.screens.threads.views.thread"}
    open_on_purpose = (
        "matching.screens.public.",
        "matching.screens.notices.",
        "matching.screens.photos.",
        "matching.screens.moderation.reporting.",
    )
    assert all(name.startswith(open_on_purpose) for name in public), public
