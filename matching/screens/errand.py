"""One thing that waits on a desk."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Errand:
    """One thing to do: its icon, its words, the one action and where, and how it presses ("warn", "info" or "")."""

    icon: str
    title: str
    note: str
    action: str
    url: str
    mark: str = ""
    tone: str = ""
