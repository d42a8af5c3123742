"""The command that starts everything: what it made, and a port that somebody else holds."""

from urllib.parse import urlsplit


def test_once_says_what_it_made(instance):
    counts = instance.counts
    assert set(counts) == {"territories", "organisations", "offers", "needs", "suggestions", "seconds", "database"}
    assert (counts["organisations"], counts["offers"], counts["needs"]) == (100, 150, 150)
    assert counts["territories"] > 36_000
    assert counts["suggestions"] > 0
    assert counts["database"] == ("PostgreSQL" if "DATABASE_URL" in instance.environment else "SQLite")


def test_a_taken_port_says_so_and_which_one_to_try(instance):
    port = urlsplit(instance.url).port
    refused = instance.run("demo", "--port", str(port))
    assert refused.returncode == 1
    assert f"Le port {port} n’est pas libre" in refused.stderr
    assert f"--port {port + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr
