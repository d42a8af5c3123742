"""The lock check refuses what it must refuse."""

import pytest

from tests import quality

SOUND = "django==5.2.19 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nnumpy==2.4.6 \\\n    --hash=sha256:cc\n"


@pytest.fixture
def lock(tmp_path, monkeypatch):
    monkeypatch.setattr(quality, "ROOT", tmp_path)

    def faults(text, requirements):
        (tmp_path / "a.lock").write_text(text)
        return quality.lock_faults("a.lock", requirements)

    return faults


def test_a_sound_lock_has_no_fault(lock):
    assert lock(SOUND, ["Django>=5.2,<5.3", "numpy"]) == []


@pytest.mark.parametrize(
    ("text", "requirements", "part"),
    [
        (SOUND, ["Django>=6"], "nothing satisfies"),
        (SOUND, ["wagtail"], "nothing satisfies"),
        ("django==5.2.19\nnumpy==2.4.6 \\\n    --hash=sha256:cc\n", ["numpy"], "django has no hash"),
        (SOUND + "--index-url https://packages.example/\n", ["numpy"], "names an address"),
    ],
)
def test_a_spoiled_lock_is_refused(lock, text, requirements, part):
    assert any(part in fault for fault in lock(text, requirements))
