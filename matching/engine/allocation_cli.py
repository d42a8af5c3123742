"""`python -m matching.engine allocate`: who could get what, from the same files as `rank` or from pairs with scores.

Capacities are told in a file of their own, {"offer", "slots"} or {"offer", "amount"}. Without a line there, an offer of
a place serves one need at a time, and an offer of anything else has no end. `fairness` prints figures of a made-up
market.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Any

from matching.engine.allocation import Allocation, Pair, allocate
from matching.engine.faults import BadInput
from matching.engine.json_lines import Fault, identity_of, json_object, lines, number_of, printable, shown, type_of
from matching.engine.listings import Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.reading import read_needs, read_offers
from matching.engine.version import ENGINE_VERSION
from matching.engine.writing import check_writable, write_all
from matching.geography import load

CANDIDATES = 30
_MOST_SLOTS = 10**9

NO_MATCH = "Aucune offre ne lui correspond."
TOO_SMALL = "Aucune des offres qui lui correspondent ne suffit à elle seule\u00a0: %(offers)s."
ALL_TAKEN = "Ce que ces offres peuvent donner est proposé à d’autres\u00a0: %(offers)s."
_OFFERS_NAMED = 5


def add_allocate(commands: Any, from_one: Callable[[str], int], day: Callable[[str], Any]) -> None:
    """Declare the command; from_one and day read an option."""
    command = commands.add_parser("allocate", allow_abbrev=False, help="propose who could get what where it is scarce")
    command.add_argument("--needs", metavar="FILE", help="JSON Lines, .gz or not; with --offers")
    command.add_argument("--offers", metavar="FILE", help="JSON Lines, .gz or not; with --needs")
    command.add_argument("--pairs", metavar="FILE", help='instead of both: lines {"need", "offer", "score", "amount"}')
    command.add_argument(
        "--capacities", metavar="FILE", help='lines {"offer", "slots"} or {"offer", "amount"}; JSON Lines, .gz or not'
    )
    command.add_argument("--out", required=True, metavar="FILE", help="JSON Lines, .gz or not")
    command.add_argument(
        "--top", type=from_one, default=CANDIDATES, metavar="N", help=f"candidates of each need ({CANDIDATES})"
    )
    command.add_argument("--today", type=day, metavar="YYYY-MM-DD", help="hold application windows against this day")
    command.add_argument("--model", type=Path, metavar="FOLDER", help="a saved model instead of the offers' own")
    command.add_argument("--report", metavar="FILE", help="value, bound, gap, prices and who gets nothing, as JSON")
    command.set_defaults(run=lambda options: run_allocate(options, command))


def add_fairness(commands: Any, from_one: Callable[[str], int]) -> None:
    """Declare the command."""
    command = commands.add_parser("fairness", allow_abbrev=False, help="figures of short lists in a made-up market")
    command.add_argument("--seed", type=from_one, default=1, metavar="N", help="which market (1)")
    command.set_defaults(run=run_fairness)


def run_fairness(options: argparse.Namespace) -> None:
    """Print the table."""
    from matching.engine.fairness import table

    print(f"{'':62}{'score kept':>11}{'never shown':>12}{'Gini':>7}{'served':>8}{'more':>7}")
    for name, row in table(options.seed).items():
        print(
            f"{name:62}{row['score_kept']:11.1%}{row['never_shown']:12.1%}{row['gini']:7.3f}"
            f"{row['served']:8.0f}{row['more_served']:+7.0%}"
        )


@dataclass
class _Asked:
    """What is to be shared out."""

    needs: list[str] = field(default_factory=list)
    """Their ids, in the order of the file."""
    offers: int = 0
    pairs: list[Pair] = field(default_factory=list)
    capacities: dict[str, float] = field(default_factory=dict)
    """Units of each offer; one that is missing has no end."""
    in_euros: set[str] = field(default_factory=set)
    """The offers whose units are euros."""


@dataclass(frozen=True)
class _Capacity:
    """What one line of the capacities tells: units, and whether they are euros."""

    units: float
    in_euros: bool


def run_allocate(options: argparse.Namespace, command: argparse.ArgumentParser) -> None:
    """Share out, write the pairs and the report. Raises BadInput and what reading and writing raise."""
    from_pairs = _checked(options, command)
    for name in filter(None, (options.out, options.report)):
        check_writable(name)
    started = perf_counter()
    asked = _from_pairs(options) if from_pairs else _from_listings(options)
    ranked = perf_counter()
    allocation = allocate(asked.pairs, asked.capacities)
    done = perf_counter()
    contents = {options.out: b"".join(_out_lines(asked, allocation))}
    if options.report:
        seconds = {"candidates": round(ranked - started, 3), "allocate": round(done - ranked, 3)}
        report = _report(asked, allocation, seconds)
        contents[options.report] = (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode(errors="replace")
    write_all(contents)
    print(
        f"{len(allocation.chosen)} of {len(asked.needs)} needs, value {allocation.value:.6g}, "
        f"bound {allocation.bound:.6g}, gap {allocation.gap:.3%}",
        file=sys.stderr,
    )


def _checked(options: argparse.Namespace, command: argparse.ArgumentParser) -> bool:
    """Whether pairs are given; ends the command where the options do not go together."""
    if options.pairs:
        for name in ("needs", "offers", "today", "model"):
            if getattr(options, name) is not None:
                command.error(f"argument --pairs: not allowed with argument --{name}")
        return True
    for name in ("needs", "offers"):
        if getattr(options, name) is None:
            command.error(f"argument --{name}: expected, with --needs and --offers together or --pairs alone")
    return False


def _from_listings(options: argparse.Namespace) -> _Asked:
    geography = load()
    needs, offers = read_needs(options.needs, geography), read_offers(options.offers, geography)
    known = {offer.id for offer in offers.listings} if not offers.faults else None
    told, faults = _read_capacities(options.capacities, known)
    if needs.faults or offers.faults or faults:
        raise BadInput([*needs.faults, *offers.faults, *faults])
    for warning in (*needs.warnings, *offers.warnings):
        print(f"warning: {warning}", file=sys.stderr)
    asked = _Asked([need.id for need in needs.listings], len(offers.listings))
    by_id = {offer.id: offer for offer in offers.listings}
    _tell_capacities(asked, {offer.id: told.get(offer.id) or _usual(offer) for offer in offers.listings})
    matcher = Matcher(today=options.today).fit(offers.listings, model=options.model)
    rankings = matcher.rankings(needs.listings, reader="need", top=options.top)
    for need, ranking in zip(needs.listings, rankings, strict=True):
        for match in ranking.matches:
            offer = by_id[match.id]
            takes = _takes(need, offer, asked, slots_are_told=offer.id in told)
            asked.pairs.append(Pair(need.id, offer.id, match.score, takes))
    return asked


def _usual(offer: Offer) -> _Capacity | None:
    """A place serves one need at a time; what is no place has no end."""
    return _Capacity(1, False) if "place" in offer.kinds or not offer.kinds else None


def _tell_capacities(asked: _Asked, told: dict[str, _Capacity | None]) -> None:
    for offer, capacity in told.items():
        if capacity is not None:
            asked.capacities[offer] = capacity.units
            if capacity.in_euros:
                asked.in_euros.add(offer)


def _takes(need: Need, offer: Offer, asked: _Asked, *, slots_are_told: bool) -> float:
    """Of an envelope the least that helps, of a place one slot; a need of something else than the place takes none."""
    if offer.id in asked.in_euros:
        return _least_grant(need, offer, asked.capacities[offer.id])
    shared = set(need.kinds) & set(offer.kinds) or {*need.kinds, *offer.kinds}
    return 1.0 if slots_are_told or not shared or "place" in shared else 0.0


def _least_grant(need: Need, offer: Offer, envelope: float) -> float:
    """The least that helps and may be granted; else the most that both can agree on; where nobody told, all of it."""
    least = [amount for amount in (need.amount_min, offer.amount_min) if amount]
    most = [amount for amount in (need.amount_max, offer.amount_max) if amount is not None]
    return max(least) if least else min(most) if most else envelope


def _from_pairs(options: argparse.Namespace) -> _Asked:
    told, faults_of_capacities = _read_capacities(options.capacities, None)
    lines_of_pairs, faults = _read(options.pairs, _PAIR, ("need", "offer", "score"))
    if faults or faults_of_capacities:
        raise BadInput([*faults, *faults_of_capacities])
    asked = _Asked(list(dict.fromkeys(line["need"] for line in lines_of_pairs)))
    offers = dict.fromkeys(line["offer"] for line in lines_of_pairs)
    asked.offers = len(offers)
    with_amounts = {line["offer"] for line in lines_of_pairs if "amount" in line}
    usual = {offer: None if offer in with_amounts else _Capacity(1, False) for offer in offers}
    _tell_capacities(asked, {offer: told.get(offer) or usual[offer] for offer in offers})
    for line in lines_of_pairs:
        offer = line["offer"]
        everything = asked.capacities.get(offer, 0.0)
        takes = line.get("amount", everything) if offer in asked.in_euros else 1.0
        asked.pairs.append(Pair(line["need"], offer, line["score"], takes))
    return asked


def _read_capacities(path: str | None, known: set[str] | None) -> tuple[dict[str, _Capacity], list[str]]:
    """What the file tells of each offer, and its faults. known: the ids that it may name; None allows any."""
    if path is None:
        return {}, []

    met: set[str] = set()

    def check(told: dict[str, Any]) -> str | None:
        if ("slots" in told) == ("amount" in told):
            return "slots: either slots or amount is expected"
        offer = told["offer"]
        if known is not None and offer not in known:
            return f"offer: {shown(offer)} is no offer of its file, the id of one of them is expected"
        if offer in met:
            return f"offer: {shown(offer)} stands on an earlier line, one line for each offer is expected"
        met.add(offer)
        return None

    found, faults = _read(path, _CAPACITY, ("offer",), check)
    told = {
        line["offer"]: _Capacity(line["slots"], False) if "slots" in line else _Capacity(line["amount"], True)
        for line in found
    }
    return told, faults


def _read(
    path: str,
    parsers: dict[str, Callable[[Any], Any]],
    needed: Sequence[str],
    check: Callable[[dict[str, Any]], str | None] = lambda told: None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """The lines of a file by field, and every fault."""
    found, faults = [], []
    for number, line in lines(path):
        told, wrong = _parsed(line, parsers, needed)
        if not wrong and (also := check(told)):
            wrong.append(also)
        faults += [f"{path}:{number}: {fault}" for fault in wrong]
        found.append(told)
    return ([] if faults else found), faults


def _parsed(
    line: bytes, parsers: dict[str, Callable[[Any], Any]], needed: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    try:
        raw = json_object(line)
    except Fault as fault:
        return {}, [f"line: {fault}"]
    told: dict[str, Any] = {}
    faults = []
    for name, value in raw.items():
        if name not in parsers:
            faults.append(f"{printable(name)}: no field of this line, one of {', '.join(parsers)} is expected")
        elif value is not None and value != "":
            try:
                told[name] = parsers[name](value)
            except Fault as fault:
                faults.append(f"{name}: {fault}")
    faults += [f"{name}: missing, a value is expected" for name in needed if raw.get(name) in (None, "")]
    return told, faults


def _slots(value: Any) -> float:
    slots = number_of(value, "a number of slots")
    if not slots.is_integer() or slots > _MOST_SLOTS:
        raise Fault(f"{shown(value)} is no whole number of slots, one from 0 to {_MOST_SLOTS} is expected")
    return slots


def _euros(value: Any) -> float:
    return number_of(value, "euros")


def _score(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Fault(f"{shown(value)} is {type_of(value)}, a number is expected")
    try:
        score = float(value)
    except OverflowError:
        score = float("inf")
    if not isfinite(score):
        raise Fault("is not finite, a number is expected")
    return score


_PAIR: dict[str, Callable[[Any], Any]] = {
    "need": identity_of,
    "offer": identity_of,
    "score": _score,
    "amount": _euros,
}
_CAPACITY: dict[str, Callable[[Any], Any]] = {"offer": identity_of, "slots": _slots, "amount": _euros}


def _out_lines(asked: _Asked, allocation: Allocation) -> Iterable[bytes]:
    """In the order of the needs."""
    by_need = {pair.need: pair for pair in allocation.chosen}
    for need in asked.needs:
        if need in by_need:
            pair = by_need[need]
            line: dict[str, Any] = {"need": pair.need, "offer": pair.offer, "score": pair.score}
            if pair.offer in asked.in_euros:
                line["amount"] = pair.takes
            yield json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _report(asked: _Asked, allocation: Allocation, seconds: dict[str, float]) -> dict[str, Any]:
    return {
        "needs": len(asked.needs),
        "offers": asked.offers,
        "pairs": len(asked.pairs),
        "served": len(allocation.chosen),
        "value": allocation.value,
        "bound": allocation.bound,
        "gap": allocation.gap,
        "prices": allocation.prices,
        "unserved": list(_unserved(asked, allocation)),
        "seconds": seconds,
        "version": ENGINE_VERSION,
    }


def _unserved(asked: _Asked, allocation: Allocation) -> Iterable[dict[str, str]]:
    """Each need that gets nothing, with why."""
    served = {pair.need for pair in allocation.chosen}
    possible: dict[str, list[Pair]] = {}
    for pair in asked.pairs:
        if pair.need not in served and pair.score > 0:
            possible.setdefault(pair.need, []).append(pair)
    for need in asked.needs:
        if need not in served:
            yield {"need": need, "why": _why(possible.get(need, []), asked)}


def _why(pairs: Sequence[Pair], asked: _Asked) -> str:
    if not pairs:
        return NO_MATCH
    enough = [pair for pair in pairs if pair.takes <= asked.capacities.get(pair.offer, pair.takes)]
    named = [pair.offer for pair in sorted(enough or pairs, key=lambda pair: (-pair.score, pair.offer))]
    more = ["…"] if len(named) > _OFFERS_NAMED else []
    return (ALL_TAKEN if enough else TOO_SMALL) % {"offers": ", ".join([*named[:_OFFERS_NAMED], *more])}
