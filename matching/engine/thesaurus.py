"""The civic thesaurus: which subjects the words of a text name, whoever speaks, a citizen or an administration.

The file beside this module (or another one of the same form) holds concepts: words and expressions that a mayor would
take for the same subject, with the broader subjects above them. Expressions are read by the analyser that reads the
listings, so that "mise en valeur du patrimoine" is found in spite of its stop words.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from matching.engine.analyser import Analyser

FORMAT = 1
SHIPPED = Path(__file__).with_name("thesaurus.json")
# A word that starts so stands for that very form, not for its stem: "=cour" is no "cours".
EXACT = "="
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LISTS = ("words", "weak", "broader", "related", "themes")
_SHOWN_FAULTS = 10


class BrokenThesaurus(Exception):
    """A thesaurus that is missing or spoiled: the message says which concept, what is wrong and what would mend it."""


class Mention(NamedTuple):
    """One concept named by the terms from start to stop (excluded).

    expression: by several terms together; weak: by a word that proves little alone, having other meanings.
    """

    concept: str
    start: int
    stop: int
    expression: bool
    weak: bool


@dataclass(frozen=True, slots=True)
class Concept:
    """One subject: its name for readers, its words, those that prove little alone, the subjects above and beside it."""

    identifier: str
    label: str
    words: tuple[str, ...]
    weak: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    acronyms: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def expressions(self) -> Iterator[tuple[str, bool]]:
        """Everything that names it, and whether that is weak: words, acronyms and what these stand for.

        An acronym is sought as it is, or with an s: REP is no "repas", which shares its stem. It may stand among the
        weak words too.
        """
        for acronym in self.acronyms:
            yield from ((f"{EXACT}{acronym}{ending}", acronym in self.weak) for ending in ("", "s"))
        yield from ((written, False) for written in (*self.words, *self.acronyms.values()))
        yield from ((written, True) for written in self.weak if written not in self.acronyms)


class _Reader:
    """Reads expressions as listings are read: their stems, and their folded words where these very forms are meant."""

    def __init__(self) -> None:
        self._analyser = Analyser()
        self._known: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def __call__(self, written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if written not in self._known:
            terms = self._analyser.terms("", written)
            self._known[written] = tuple(terms.stems), tuple(terms.words) if written.startswith(EXACT) else ()
        return self._known[written]


class _Entry(NamedTuple):
    """What an expression names, each with its being weak; exact: the folded forms that alone will do, empty for any."""

    exact: tuple[str, ...]
    named: tuple[tuple[str, bool], ...]


class Thesaurus:
    """Concepts ready to be found in texts. Never changes once made: may be shared between threads."""

    def __init__(
        self,
        concepts: Sequence[Concept],
        distrusted: Sequence[str] = (),
        empty: Sequence[str] = (),
        read: _Reader | None = None,
    ) -> None:
        """concepts: already checked; distrusted: words of two meanings or none; empty: expressions about nothing.

        read: what read them already, if anything did.
        """
        read = read or _Reader()
        self._concepts = {concept.identifier: concept for concept in concepts}
        self._ancestors = {identifier: self._above(identifier) for identifier in self._concepts}
        self._related = self._beside()
        self._entries = self._index(read, empty)
        self._lengths = _lengths(self._entries)
        keys = [read(word) for word in distrusted]
        self._distrusted_stems = frozenset(stem for stems, exact in keys if not exact for stem in stems)
        self._distrusted_words = frozenset(word for _, exact in keys for word in exact)
        self._fingerprint = _fingerprint(concepts, distrusted, empty)

    def __len__(self) -> int:
        return len(self._concepts)

    def __contains__(self, concept: object) -> bool:
        return concept in self._concepts

    def __getitem__(self, concept: str) -> Concept:
        """Raises KeyError."""
        return self._concepts[concept]

    def __iter__(self) -> Iterator[str]:
        return iter(self._concepts)

    def concepts(self, stems: Sequence[str], words: Sequence[str]) -> list[Mention]:
        """The concepts that the terms of one text name, in the order of the text.

        stems, words: one of each a term, as Analyser.terms() gives them. At each place the longest expression wins and
        its terms serve no other one; the same expression may name several concepts.
        """
        mentions: list[Mention] = []
        lengths, stop = self._lengths, 0
        for start, stem in enumerate(stems):
            if start < stop or stem not in lengths:
                continue
            for length in lengths[stem]:
                end = start + length
                named = self._named(tuple(stems[start:end]), words[start:end]) if end <= len(stems) else None
                if named is not None:
                    stop = end
                    mentions += [Mention(concept, start, end, length > 1, weak) for concept, weak in named]
                    break
        return mentions

    def _named(self, stems: tuple[str, ...], words: Sequence[str]) -> tuple[tuple[str, bool], ...] | None:
        for entry in self._entries.get(stems, ()):
            if not entry.exact or entry.exact == tuple(words):
                return entry.named
        return None

    def distrusts(self, stem: str, word: str = "") -> bool:
        """Whether a term has two meanings or none ("place", "projet", "Saint"): alone it proves no common subject.

        stem, word: as Analyser.terms() gives them.
        """
        return stem in self._distrusted_stems or word in self._distrusted_words

    def broader(self, concept: str) -> tuple[str, ...]:
        """The concepts right above this one. Raises KeyError."""
        return self._concepts[concept].broader

    def ancestors(self, concept: str) -> tuple[tuple[str, int], ...]:
        """All concepts above this one with the number of steps to each, nearest first. Raises KeyError."""
        return self._ancestors[concept]

    def related(self, concept: str) -> tuple[str, ...]:
        """Other subjects beside this one, in the order of their ids, whichever of the two names the other.

        Raises KeyError.
        """
        return self._related[concept]

    def themes(self, concept: str) -> tuple[str, ...]:
        """Slugs of the service's themes to which the concept belongs. Raises KeyError."""
        return self._concepts[concept].themes

    def label(self, concept: str) -> str:
        """The concept's name for readers: its label in the file, its first word otherwise. Raises KeyError."""
        return self._concepts[concept].label

    def fingerprint(self) -> str:
        """What tells this thesaurus from another: sha256 of what it says, in hexadecimal; the layout does not count."""
        return self._fingerprint

    def _above(self, concept: str) -> tuple[tuple[str, int], ...]:
        steps = {concept: 0}
        waiting = [concept]
        for current in waiting:
            for broader in self._concepts[current].broader:
                if broader not in steps:
                    steps[broader] = steps[current] + 1
                    waiting.append(broader)
        return tuple((each, steps[each]) for each in waiting[1:])

    def _beside(self) -> dict[str, tuple[str, ...]]:
        beside: dict[str, set[str]] = {identifier: set() for identifier in self._concepts}
        for concept in self._concepts.values():
            for other in concept.related:
                beside[concept.identifier].add(other)
                beside[other].add(concept.identifier)
        return {identifier: tuple(sorted(others)) for identifier, others in beside.items()}

    def _index(self, read: _Reader, empty: Sequence[str]) -> dict[tuple[str, ...], list[_Entry]]:
        """Entries by their stems, those of very forms first."""
        named: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, bool]] = {}
        for concept in self._concepts.values():
            for written, weak in concept.expressions():
                stems, exact = read(written)
                if not stems:  # The plural of an acronym may be a stop word: PRE, "près".
                    continue
                found = named.setdefault((stems, exact), {})
                found[concept.identifier] = weak or found.get(concept.identifier, False)
        for written in empty:
            named.setdefault(read(written), {})
        entries: dict[tuple[str, ...], list[_Entry]] = {}
        for (stems, exact), concepts in sorted(named.items(), key=lambda item: (not item[0][1], item[0])):
            entries.setdefault(stems, []).append(_Entry(exact, tuple(sorted(concepts.items()))))
        return entries


def _lengths(entries: Mapping[tuple[str, ...], Sequence[_Entry]]) -> dict[str, tuple[int, ...]]:
    """For each first stem, the numbers of terms of its expressions, the longest first."""
    found: dict[str, set[int]] = {}
    for stems in entries:
        found.setdefault(stems[0], set()).add(len(stems))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def load(path: Path | None = None) -> Thesaurus:
    """The thesaurus of a file, the shipped one by default; read once, and again when the file changes.

    Raises BrokenThesaurus.
    """
    path = SHIPPED if path is None else path
    try:
        state = path.stat()
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    return _load(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _load(path: Path, _changed_at: int, _size: int) -> Thesaurus:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    except ValueError as fault:
        raise BrokenThesaurus(f"{path}: not JSON in UTF-8 ({fault}); undo the last edit or mend that line") from fault
    read = _Reader()
    faults = list(_faults(read, told))
    if faults:
        more = [f"and {len(faults) - _SHOWN_FAULTS} faults more"] if len(faults) > _SHOWN_FAULTS else []
        raise BrokenThesaurus("\n".join(f"{path}: {fault}" for fault in (*faults[:_SHOWN_FAULTS], *more)))
    concepts = [_concept(each) for each in told["concepts"]]
    return Thesaurus(concepts, told.get("distrusted", []), told.get("empty", []), read)


def _unreadable(path: Path, fault: OSError) -> BrokenThesaurus:
    return BrokenThesaurus(f"{path}: cannot be read ({fault.strerror}); give the path of a thesaurus in JSON")


def _concept(told: dict[str, Any]) -> Concept:
    lists = {name: tuple(told.get(name, ())) for name in _LISTS}
    acronyms = dict(told.get("acronyms", {}))
    label = told.get("label") or (*lists["words"], *acronyms.values(), *lists["weak"])[0].removeprefix(EXACT)
    return Concept(told["id"], label, acronyms=MappingProxyType(acronyms), **lists)


def _fingerprint(concepts: Sequence[Concept], distrusted: Sequence[str], empty: Sequence[str]) -> str:
    told = [
        [each.identifier, each.label, *(list(getattr(each, name)) for name in _LISTS), sorted(each.acronyms.items())]
        for each in sorted(concepts, key=lambda concept: concept.identifier)
    ]
    content = json.dumps([FORMAT, told, sorted(distrusted), sorted(empty)], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _faults(read: _Reader, told: Any) -> Iterator[str]:
    """What is wrong with a thesaurus as JSON gives it, one sentence each; the graph only when all else is right."""
    if not isinstance(told, dict) or not isinstance(told.get("concepts"), list) or not told["concepts"]:
        yield 'holds no concepts; write {"format": 1, "concepts": [...]}'
        return
    if told.get("format") != FORMAT:
        yield f"format {told.get('format')!r} is unknown; write it in format {FORMAT}"
        return
    found = False
    for name in ("distrusted", "empty"):
        for fault in _faults_of_words(read, name, told.get(name, [])):
            found = True
            yield fault
    seen: set[str] = set()
    for place, concept in enumerate(told["concepts"], start=1):
        for fault in _faults_of_concept(read, place, concept, seen):
            found = True
            yield fault
    if not found:
        yield from _faults_of_graph(told["concepts"])


def _faults_of_concept(read: _Reader, place: int, told: Any, seen: set[str]) -> Iterator[str]:
    identifier = told.get("id") if isinstance(told, dict) else None
    if not isinstance(identifier, str) or not _SLUG.fullmatch(identifier):
        yield f'concept number {place} has no proper id; write "id": "jardin-partage", lower case, without accents'
        return
    name = f"concept {identifier}"
    if identifier in seen:
        yield f"{name} stands twice; put its words together or rename one"
    seen.add(identifier)
    for unknown in sorted(set(told) - {"id", "label", "acronyms", *_LISTS}):
        yield f"{name}: {unknown!r} is unknown; use id, label, acronyms, {', '.join(_LISTS)}"
    if not isinstance(told.get("label", ""), str):
        yield f'{name}: label is no text; write "label": "jardin partagé" or leave it out'
    acronyms = told.get("acronyms", {})
    if not isinstance(acronyms, dict):
        yield f'{name}: acronyms is no object; write "acronyms": {{"PLU": "plan local d’urbanisme"}}'
        acronyms = {}
    words = told.get("words", []), told.get("weak", []), list(acronyms), list(acronyms.values())
    for each in words:
        yield from _faults_of_words(read, name, each)
    if not any(words):
        yield f"{name} has no words; give it one or delete its line"
    for listed in ("broader", "related", "themes"):
        if not _is_list_of_texts(told.get(listed, [])):
            yield f"{name}: {listed} is no list of texts; write {json.dumps(listed)}: [...]"


def _faults_of_words(read: _Reader, name: str, words: Any) -> Iterator[str]:
    if not _is_list_of_texts(words):
        yield f"{name}: {json.dumps(words, ensure_ascii=False)[:60]} is no list of texts; write words between [ and ]"
        return
    for place, written in enumerate(words):
        if not read(written)[0]:
            yield f"{name}: « {written} » says nothing without its stop words; add the word that tells its subject"
        if written in words[:place]:
            yield f"{name}: « {written} » stands twice; delete one"


def _is_list_of_texts(told: Any) -> bool:
    return isinstance(told, list) and all(isinstance(each, str) for each in told)


def _faults_of_graph(concepts: list[dict[str, Any]]) -> Iterator[str]:
    broader = {concept["id"]: concept.get("broader", []) for concept in concepts}
    for concept in concepts:
        for listed in ("broader", "related"):
            for other in concept.get(listed, []):
                if other not in broader:
                    yield f"concept {concept['id']}: {listed} names « {other} », which is missing; add it or correct it"
    settled: set[str] = set()
    for start in broader:
        cycle = _cycle_from(start, broader, settled)
        if cycle:
            yield f"concept {cycle[0]} is broader than itself ({' -> '.join(cycle)}); delete one of these links"
            return


def _cycle_from(start: str, broader: Mapping[str, Sequence[str]], settled: set[str]) -> list[str]:
    """A way back to a concept by its broader ones, empty if none; concepts seen to be clean are added to settled."""
    path: list[str] = [start]
    left = [iter(broader.get(start, ()))]
    while path:
        following = next(left[-1], None)
        if following is None:
            settled.add(path.pop())
            left.pop()
        elif following in path:
            return [*path[path.index(following) :], following]
        elif following not in settled:
            path.append(following)
            left.append(iter(broader.get(following, ())))
    return []
