"""`manage.py quality`: what is checked before the tests: lint, types, migrations, import order, locks."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
TYPED = [
    "matching/geography",
    "matching/engine",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("matching/*/services.py")),
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("matching/*/permissions.py")),
]
LOCKS = ("pcc/requirements.lock", "pcc/requirements-test.lock")


def run_checks() -> int:
    """Run every check, print each one's outcome, return 0 only if all passed."""
    checks: dict[str, Callable[[], bool]] = {
        "lint": lambda: _runs("-m", "ruff", "check", "."),
        "format": lambda: _runs("-m", "ruff", "format", "--check", "."),
        "types": lambda: _runs("-m", "mypy", *TYPED),
        "migrations": lambda: _runs("manage.py", "makemigrations", "--check", "--dry-run"),
        "import order": lambda: _runs("-c", "from importlinter.cli import lint_imports_command as c; c()"),
        "locks": locks_are_sound,
    }
    failed = []
    for name, check in checks.items():
        passed = check()
        print(f"{name}: {'ok' if passed else 'FAILED'}", flush=True)
        if not passed:
            failed.append(name)
    return 1 if failed else 0


def _runs(*arguments: str) -> bool:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT).returncode == 0


def locks_are_sound() -> bool:
    """Every requirement is met by a pin, every pin has a hash, no lock names an address. Nothing is resolved."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        LOCKS[0]: project["dependencies"],
        LOCKS[1]: project["dependencies"] + project["optional-dependencies"]["test"],
    }
    faults = [fault for lock, lines in wanted.items() for fault in lock_faults(lock, lines)]
    print("\n".join(faults), end="\n" if faults else "")
    return not faults


def lock_faults(lock: str, requirements: list[str]) -> list[str]:
    """The faults of one lock file, one sentence each."""
    text = (ROOT / lock).read_text()
    faults = [
        f"{lock}: names an address or an index: {line}"
        for line in text.splitlines()
        if re.search(r"https?:|--index|--extra|--find|file:", line)
    ]
    entries = re.findall(r"(?m)^([A-Za-z0-9_.\-]+)==(\S+)((?:[^\n]*\\\n)?(?:[^\n]*\n)*?)(?=^\S|\Z)", text)
    pins: dict[str, list[str]] = {}
    for name, version, rest in entries:
        pins.setdefault(canonicalize_name(name), []).append(version)
        if "--hash=sha256:" not in rest:
            faults.append(f"{lock}: {name} has no hash")
    for line in requirements:
        requirement = Requirement(line)
        versions = pins.get(canonicalize_name(requirement.name), [])
        if not any(requirement.specifier.contains(version) for version in versions):
            faults.append(f"{lock}: nothing satisfies {line}")
    return faults
