"""Tests about the house itself: the import order, the top level, deny by default."""

import ast
import subprocess
import sys
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from tests.run import WITHOUT_DATABASE

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


def test_what_is_tried_once_knows_no_database():
    """Neither Django nor what rests on it, not even by way of other tests."""
    of_the_house = ("matching.engine", "matching.geography", *(folder.replace("/", ".") for folder in WITHOUT_DATABASE))
    foreign = []
    for path in (path for folder in WITHOUT_DATABASE for path in ROOT.joinpath(folder).rglob("*.py")):
        for name in _imported(ast.parse(path.read_text())):
            ours = name.startswith(("matching", "tests", "pcc", "cms", "tasks"))
            if name.startswith("django") or (ours and not f"{name}.".startswith(tuple(f"{n}." for n in of_the_house))):
                foreign.append(f"{path.name}: {name}")
    assert foreign == []


def _imported(module: ast.Module):
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from matching import engine` names a module too.
            parents = ("matching", "tests")
            yield from (f"{node.module}.{a.name}" if node.module in parents else node.module for a in node.names)


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
        "matching.screens.register.public.",
        "matching.screens.moderation.reporting.",
    )
    assert all(name.startswith(open_on_purpose) for name in public), public
