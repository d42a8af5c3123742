"""`manage.py test`: the whole suite on SQLite, and again on PostgreSQL where PCC_TEST_POSTGRES_URL is set."""

import os
import subprocess
import sys

# How many of the slowest tests are named at the end: the suite grows, its time must not.
SLOWEST = 30


def run_suite(arguments: list[str]) -> int:
    """Run pytest once per database, print which ones, return the first failure's exit code or 0."""
    outcomes = {"SQLite": _pytest(arguments, {"DATABASE_URL": ""})}
    postgres = os.environ.get("PCC_TEST_POSTGRES_URL")
    if postgres:
        outcomes["PostgreSQL"] = _pytest(arguments, {"DATABASE_URL": postgres})
    for database, code in outcomes.items():
        print(f"{database}: {'réussi' if code == 0 else f'échec ({code})'}")
    if not postgres:
        print("PostgreSQL : non essayé, PCC_TEST_POSTGRES_URL n’est pas défini")
    return next((code for code in outcomes.values() if code), 0)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    names = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    names.update({name: value for name, value in environment.items() if value})
    spread = [] if any(word.startswith("-n") for word in arguments) else ["-n", "2"]
    options = [*spread, f"--durations={SLOWEST}"]
    return subprocess.run([sys.executable, "-m", "pytest", *options, *arguments], env=names).returncode
