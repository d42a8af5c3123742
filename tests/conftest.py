"""The world shared by all tests: some 60 territories, Alice, Bob, Charlie the stranger, and staff."""

from contextlib import ExitStack

import pytest
from django.core.cache import caches
from django.utils.translation import deactivate
from xdist.scheduler import LoadFileScheduling


class ByFile(LoadFileScheduling):
    """What a file's fixtures have made serves the whole file; all journeys share one instance."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/journeys" if nodeid.startswith("tests/journeys/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    # In the order of collection: journeys first, and what empties the database after all that need it.
    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What empties the database comes last, in files of its own: what the migrations have written is gone then."""
    emptying: dict[str, set[bool]] = {}
    for item in items:
        mark = item.get_closest_marker("django_db")
        emptying.setdefault(item.nodeid.split("::")[0], set()).add(bool(mark and mark.kwargs.get("transaction")))
    mixed = [name for name, kinds in emptying.items() if len(kinds) > 1]
    if mixed:
        raise pytest.UsageError(f"transaction=True needs a file of its own: {', '.join(mixed)}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Nobody keeps what a test writes: on PostgreSQL a commit need not wait for the disk."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.settings_dict.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"


@pytest.fixture(scope="session")
def _first_database(request, tmp_path_factory, django_db_modify_db_settings, django_db_blocker):
    """Held from before the test database of this process is made; django_db_setup lets it go."""
    from tests.first_database import FirstDatabase

    worker = getattr(request.config, "workerinput", None)
    if worker is None:
        yield ExitStack()
        return
    first = FirstDatabase(tmp_path_factory.getbasetemp().parent, worker["testrunuid"])
    with ExitStack() as making:
        with django_db_blocker.unblock():
            making.enter_context(first.copied_or_made())
        yield making
    with django_db_blocker.unblock():
        first.forget()


@pytest.fixture(scope="session")
def django_db_setup(_first_database, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        _first_database.close()


@pytest.fixture(autouse=True)
def _quick_and_apart(settings, tmp_path):
    """Cheap password hashes, no manifest of static files; what a test writes stays in its own folder."""
    for cache in caches.all(initialized_only=True):
        cache.clear()  # limits count there, pages are kept there
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MATCHER_DIR = tmp_path / "matcher"
    settings.QUIET_HOURS = None  # what a test sends leaves at any hour
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        "attachments": {**settings.STORAGES["attachments"], "OPTIONS": {"location": tmp_path / "attachments"}},
    }


@pytest.fixture(autouse=True)
def _french_again():
    """A request under /en/ leaves its language to the thread; the next test must not read it."""
    yield
    deactivate()


@pytest.fixture
def territories(db):
    """The fixture of territories, by (level, code): brest = territories["commune", "29019"]."""
    from matching.territories.models import Territory
    from matching.territories.services import load_some
    from tests.factories import TERRITORY_CODES

    load_some(TERRITORY_CODES)
    return {(row.level, row.code): row for row in Territory.objects.current()}


@pytest.fixture
def alice(db):
    """Owns the collective `bricoleuses`."""
    from tests.factories import make_person

    return make_person("alice@exemple.fr", "Alice")


@pytest.fixture
def bob(db):
    """Officer of the authority `brest`, confirmed."""
    from tests.factories import make_person

    return make_person("bob@exemple.fr", "Bob")


@pytest.fixture
def charlie(db):
    """A stranger with an account."""
    from tests.factories import make_person

    return make_person("charlie@exemple.fr", "Charlie")


@pytest.fixture
def staff(db):
    """Runs the service."""
    from tests.factories import make_person

    return make_person("staff@exemple.fr", "Sacha", is_staff=True, is_superuser=True)


@pytest.fixture
def bricoleuses(alice, territories):
    """Alice's informal collective in Brest."""
    from matching.organisations.services import create_collective

    return create_collective(
        person=alice,
        name="Les Bricoleuses du port",
        legal_form="informal",
        territory=territories["commune", "29019"],
    )


@pytest.fixture
def brest(bob, staff, territories):
    """The town of Brest, for which Bob is a confirmed officer."""
    from matching.organisations.services import authority_of, confirm_membership, request_membership

    authority = authority_of(territory=territories["commune", "29019"])
    membership = request_membership(person=bob, organisation=authority, statement="Vie associative")
    confirm_membership(membership=membership, by=staff)
    authority.refresh_from_db()
    return authority
