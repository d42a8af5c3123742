"""Two writers at once exist on PostgreSQL only: SQLite has one, and cannot show these races."""

from django.conf import settings

if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    collect_ignore = ["test_concurrency.py"]
