"""From checked values to the facts that the catalogue writes, compared with those already written."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from matching.catalogue.eligibility import in_order, written_rules
from matching.catalogue.models import Extent, Kind, Need, Offer, Theme
from matching.catalogue.models.resources import IN_KIND, SUBKINDS
from matching.catalogue.models.rights import Domain
from matching.catalogue.rights import PRESETS, Bundle, at_odds, of_public_domain, rights_of, usual
from matching.catalogue.services import NeedFacts, OfferFacts, ResourceFacts
from matching.engine.listings import with_implied
from matching.exchange.fields import missing
from matching.exchange.organisations import Places
from matching.exchange.report import Fault, shown

_LONGEST_TITLE = Offer._meta.get_field("title").max_length or 0
_OF_KIND: dict[str, tuple[str, ...]] = {
    Kind.DATA: ("licence", "formats", "rights_cleared"),
    Kind.PLACE: (
        "capacity",
        "surface_m2",
        "address",
        "equipment",
        "opening",
        "accessible",
        "price",
        "rental_value",
    ),
    Kind.FUNDING: ("amount_min", "amount_max", "funding_use", "rate", "is_call"),
}


def faults_of_offer(values: Mapping[str, Any]) -> list[Fault]:
    """What an offer must say and does not, and facts that none of its resources could hold."""
    faults = [] if values.get("title") else [missing("title", "Donnez un titre à l’offre")]
    kinds = _kinds_of_offer(values)
    if not kinds:
        faults.append(missing("kinds", f"Dites ce que l’offre partage : {', '.join(Kind.values)}"))
        return faults
    for kind, names in _OF_KIND.items():
        faults += [
            _without_kind(name, kind) for name in names if kind not in kinds and values.get(name) not in (None, False)
        ]
    for subkind in values.get("subkind", ()):
        kind = _kind_of(subkind)
        faults += [] if kind in kinds else [_without_kind("subkind", kind)]
    return [*faults, *_faults_of_bundle(values, kinds[0])]


def _faults_of_bundle(values: Mapping[str, Any], kind: str) -> list[Fault]:
    """A name of a preset that nobody knows, and rights that break a rule."""
    told = values.get("bundle", {})
    names = [preset.key for preset in PRESETS[kind]]
    if told.get("preset", names[0]) not in names:
        mend = f"Choisissez parmi {', '.join(names)}"
        return [
            Fault("bundle", "unknown_value", f"{shown(told['preset'])} n’est pas une formule du genre {kind}", mend)
        ]
    bundle = _bundle(values, kind)
    return [
        Fault("bundle", "order", f"{broken.name} : {_AT_ODDS[broken.rule]}", "Changez ce droit, ou retirez-le")
        for broken in (at_odds(bundle) if told else ())
    ]


_AT_ODDS = {
    "chain": "ce droit va plus loin que celui dont il a besoin",
    "exclusion": "quelqu’un doit garder l’exclusion",
    "inalienable": "le domaine public ne se cède pas",
    "precarious": "sur le domaine public, l’accord peut toujours être repris",
}


def _bundle(values: Mapping[str, Any], kind: str) -> Bundle:
    """What `bundle` tells, over its preset, else over what `rights` grants, else over what is usual."""
    told = dict(values.get("bundle", {}))
    preset = told.pop("preset", "")
    base = next((each.bundle for each in PRESETS[kind] if each.key == preset), usual(kind))
    if values.get("rights") and not preset:
        base = Bundle.granting(dict.fromkeys(with_implied(values["rights"]), Extent.GRANTED))
    if told.get("domain") == Domain.PUBLIC:
        base = of_public_domain(base)
    return replace(base, **told)


def faults_of_need(values: Mapping[str, Any]) -> list[Fault]:
    """What a need must say and does not."""
    return [] if values.get("title") else [missing("title", "Donnez un titre au besoin")]


def _without_kind(name: str, kind: str) -> Fault:
    problem = f"l’offre ne partage rien du genre {kind}, cette information serait perdue"
    return Fault(name, "without_kind", problem, f"Ajoutez {kind} à kinds, ou retirez-la")


def _kind_of(subkind: str) -> str:
    return next(kind for kind, subkinds in SUBKINDS.items() if subkind in subkinds)


def _kinds_of_offer(values: Mapping[str, Any]) -> tuple[str, ...]:
    return values.get("kinds") or tuple(dict.fromkeys(map(_kind_of, values.get("subkind", ()))))


def offer_facts(
    values: Mapping[str, Any],
    *,
    themes: Sequence[Theme],
    places: Places,
    flags: Sequence[str],
) -> OfferFacts:
    """The facts of an offer without faults."""
    title, text, cut = _fitting_title(values)
    resources = _resources(values)
    in_kind = ["in_kind"] if all(resource.subkind in IN_KIND for resource in resources) else []
    return OfferFacts(
        title=title,
        text=text,
        resources=resources,
        themes=themes,
        territory=places.row(values.get("territory")),
        perimeter=places.row(values.get("perimeter")),
        legal_forms=values.get("legal_forms", ()),
        provides=values.get("provides", ""),
        has_means=values.get("has_means", True),
        expects=values.get("expects", ""),
        starts=values.get("starts"),
        ends=values.get("ends"),
        opens=values.get("opens"),
        closes=values.get("closes"),
        rights=_bundle(values, resources[0].kind) if values.get("rights") or values.get("bundle") else None,
        eligibility=values.get("conditions"),
        flags=[*flags, *in_kind, *cut],
    )


def need_facts(
    values: Mapping[str, Any],
    *,
    themes: Sequence[Theme],
    places: Places,
    flags: Sequence[str],
) -> NeedFacts:
    """The facts of a need without faults."""
    title, text, cut = _fitting_title(values)
    unknown = [] if values.get("contribution") else ["contribution_unknown"]
    return NeedFacts(
        title=title,
        text=text,
        kinds=[kind for kind in Kind.values if kind in values.get("kinds", ())],
        themes=themes,
        territory=places.row(values.get("territory")),
        perimeter=places.row(values.get("perimeter")),
        why=values.get("why", ""),
        capacity=values.get("capacity"),
        surface_m2=values.get("surface_m2"),
        amount_min=values.get("amount_min"),
        amount_max=values.get("amount_max"),
        data_subject=values.get("data_subject", ""),
        starts=values.get("starts"),
        ends=values.get("ends"),
        rights=values.get("rights", ()),
        contribution=values.get("contribution", ""),
        flags=[*flags, *unknown, *cut],
    )


def _fitting_title(values: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    """The title and the text; a title that is too long is cut at a word, and stands whole before the text."""
    title, text = " ".join(values["title"].split()), values.get("text", "")
    if len(title) <= _LONGEST_TITLE:
        return title, text, []
    short = title[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:(")
    return f"{short}…", f"{title}\n\n{text}".strip(), ["title_cut"]


def _resources(values: Mapping[str, Any]) -> list[ResourceFacts]:
    """One resource for each kind, or for each subkind of a kind that has several, with its facts."""
    resources = []
    for kind in _kinds_of_offer(values):
        own = {name: values[name] for name in _OF_KIND[kind] if name in values}
        subkinds = [subkind for subkind in values.get("subkind", ()) if _kind_of(subkind) == kind]
        resources += [ResourceFacts(kind=kind, subkind=subkind, **own) for subkind in subkinds or [""]]
    if "url" in values:
        holder = next((at for at, each in enumerate(resources) if each.kind == Kind.DATA), 0)
        resources[holder] = replace(resources[holder], url=values["url"])
    return resources


def same_offer(offer: Offer, facts: OfferFacts) -> bool:
    """Does the offer say exactly this? Its resources, rights and themes are read from prefetched rows."""
    return (
        _same_listing(offer, facts, ("resources", "themes", "rights", "week", "eligibility"))
        and rights_of(offer) == (facts.rights or usual(facts.resources[0].kind))
        and (facts.eligibility is None or written_rules(offer) == in_order(facts.eligibility))
        and [_resource_facts(resource) for resource in offer.resources.all()] == list(facts.resources)
    )


def same_need(need: Need, facts: NeedFacts) -> bool:
    """Does the need say exactly this? Its themes are read from prefetched rows."""
    return _same_listing(need, facts, ("kinds", "themes")) and need.kinds == list(facts.kinds)


def _same_listing(listing: Offer | Need, facts: OfferFacts | NeedFacts, apart: Sequence[str]) -> bool:
    names = [item.name for item in fields(facts) if item.name not in apart]
    same = all(_plain(getattr(listing, name)) == _plain(getattr(facts, name)) for name in names)
    return same and {theme.pk for theme in listing.themes.all()} == {theme.pk for theme in facts.themes}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _resource_facts(resource: Any) -> ResourceFacts:
    return ResourceFacts(**{item.name: getattr(resource, item.name) for item in fields(ResourceFacts)})
