"""`manage.py test`: the whole suite on SQLite, and again on PostgreSQL where PCC_TEST_POSTGRES_URL is set.

What touches no database is tried once.
"""

import os
import subprocess
import sys
from pathlib import Path

# How many of the slowest tests are named at the end: the suite grows, its time must not.
SLOWEST = 30
# One more than a machine of two cores has: the journeys wait more than they work.
PROCESSES = 3
# They know no Django, and whoever does not ask for a database is refused one: a second one changes nothing there.
WITHOUT_DATABASE = ("tests/engine", "tests/geography")


def run_suite(arguments: list[str]) -> int:
    """Run pytest once per database, print which ones, return the first failure's exit code or 0."""
    outcomes = {"SQLite": _pytest(arguments, {"DATABASE_URL": ""})}
    postgres = os.environ.get("PCC_TEST_POSTGRES_URL")
    if postgres:
        once = [] if _names_tests(arguments) else [f"--ignore={folder}" for folder in WITHOUT_DATABASE]
        outcomes["PostgreSQL"] = _pytest([*arguments, *once], {"DATABASE_URL": postgres})
        if once:
            print(f"Sans base de données, une seule fois, avec SQLite : {', '.join(WITHOUT_DATABASE)}")
    for database, code in outcomes.items():
        print(f"{database}: {'réussi' if code == 0 else f'échec ({code})'}")
    if not postgres:
        print("PostgreSQL : non essayé, PCC_TEST_POSTGRES_URL n’est pas défini")
    return next((code for code in outcomes.values() if code), 0)


def _names_tests(arguments: list[str]) -> bool:
    """Whether somebody asks for some files only: they get them on each database."""
    return any(Path(word.split("::")[0]).exists() for word in arguments)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    names = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    names.update({name: value for name, value in environment.items() if value})
    spread = [] if any(word.startswith("-n") for word in arguments) else ["-n", str(PROCESSES)]
    options = [*spread, f"--durations={SLOWEST}"]
    return subprocess.run([sys.executable, "-m", "pytest", *options, *arguments], env=names).returncode
