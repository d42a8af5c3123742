"""Two hundred migrations take a quarter of a minute: one process of a run works through them, the others copy."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection


class FirstDatabase:
    """The test database as the first process has made it, for the processes of the same run."""

    def __init__(self, folder: Path, run: str) -> None:
        self.file = folder / "first-database"
        self.name = f"first_{run}"
        self.mine = False

    @contextmanager
    def copied_or_made(self) -> Iterator[None]:
        """Around the making of a test database: its migrations find what an earlier process has left, or leave it."""
        with self.file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.file.exists():
                with self._copied():
                    yield
            else:
                yield
                self._keep()

    @contextmanager
    def _copied(self) -> Iterator[None]:
        if connection.vendor == "postgresql":
            connection.settings_dict["TEST"]["TEMPLATE"] = self.name
            yield
        else:
            # It lives in memory as long as somebody holds it: us, until Django does.
            with closing(sqlite3.connect(connection.creation._get_test_db_name(), uri=True)) as memory:
                with closing(sqlite3.connect(self.file)) as kept:
                    kept.backup(memory)
                yield

    def _keep(self) -> None:
        if connection.vendor == "postgresql":
            made = connection.settings_dict["NAME"]
            connection.close()
            self._ask(f'CREATE DATABASE "{self.name}" TEMPLATE "{made}"')
            self.file.touch()
            self.mine = True
        else:
            connection.ensure_connection()
            with closing(sqlite3.connect(self.file)) as kept:
                connection.connection.backup(kept)

    def forget(self) -> None:
        """Whoever comes later makes one of their own."""
        if self.mine:
            self.file.unlink()
            self._ask(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _ask(self, sentence: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(sentence)
