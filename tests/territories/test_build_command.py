"""The command that derives the table says whether it is up to date, and refuses what is no package."""

import gzip

import pytest
from django.core.management import CommandError, call_command

from matching.geography.table import TABLE
from pcc.management.commands import build_territories


@pytest.fixture
def derived(monkeypatch):
    """Stands for the package: its table differs in compression, and in content when told so."""
    content = {"bytes": gzip.compress(gzip.decompress(TABLE.read_bytes()), compresslevel=1)}
    monkeypatch.setattr(build_territories, "derive", lambda package: content["bytes"])
    return content


def test_check_says_that_the_table_is_up_to_date(derived, capsys):
    call_command("build_territories", "package.tgz", "--check")
    assert "is what this package gives" in capsys.readouterr().out


def test_check_says_that_it_is_not_and_writes_nothing(derived):
    before = TABLE.read_bytes()
    derived["bytes"] = gzip.compress(b"another year")
    with pytest.raises(CommandError, match="not what this package gives"):
        call_command("build_territories", "package.tgz", "--check")
    assert TABLE.read_bytes() == before


def test_without_check_it_writes(derived, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build_territories, "TABLE", tmp_path / "territories.tsv.gz")
    call_command("build_territories", "package.tgz")
    assert (tmp_path / "territories.tsv.gz").read_bytes() == derived["bytes"]
    assert "written" in capsys.readouterr().out


def test_what_is_no_package_is_refused(tmp_path):
    with pytest.raises(CommandError, match="neither the folder"):
        call_command("build_territories", str(tmp_path / "nowhere.tgz"))
