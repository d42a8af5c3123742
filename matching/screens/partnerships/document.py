"""The convention as a document: articles made of paragraphs, lists and tables, before any format.

Always in French, whatever the language of the screen: it binds a public body.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from matching.catalogue.rights import Bundle
from matching.organisations.models import LegalForm
from matching.partnerships.models import Bearer, ConventionVersion, Form, Measure, Partnership, PartnershipParty
from matching.screens.facts import enumeration
from matching.screens.numbers import day, euros, number
from matching.screens.rights import MAY_DO, table_of

LANGUAGE = "fr"


@dataclass(frozen=True)
class Table:
    """A table with a caption; its first column names the rows."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Items:
    """A list under a few words."""

    title: str
    items: Sequence[str]


@dataclass(frozen=True)
class Article:
    """One clause: its name, its words, and what belongs below them."""

    key: str
    title: str
    heading: str
    paragraphs: Sequence[str]
    below: Sequence[Table | Items]


@dataclass(frozen=True)
class Document:
    """All of it, in order."""

    title: str
    subject: str
    stands: str
    between: str
    parties: Sequence[str]
    articles: Sequence[Article]
    signatures: Table


def document_of(version: ConventionVersion) -> Document:
    """The convention that this version is, with who has agreed to it so far."""
    with override(LANGUAGE):
        return Document(
            title=_title(version),
            subject=version.partnership.title,
            stands=_stands(version),
            between=_("Entre"),
            parties=[_party(row) for row in version.parties],
            articles=[
                Article(
                    key=row["key"],
                    title=row["title"],
                    heading=_("Article %(number)s – %(title)s") % {"number": place, "title": row["title"]},
                    paragraphs=[line for line in row["text"].split("\n") if line.strip()],
                    below=list(_below(version, row["key"])),
                )
                for place, row in enumerate(version.clauses, start=1)
            ],
            signatures=_signatures(version),
        )


def quantity_in_words(measure: str, quantity: int | None) -> str:
    """ "12 heures", "1 500 €", "110 m²"; nothing for no quantity."""
    if quantity is None or measure == Measure.STEP:
        return ""
    if measure == Measure.EUROS:
        return euros(quantity)
    if measure == Measure.SURFACE:
        return f"{number(quantity)} m²"
    if measure == Measure.HOURS:
        return ngettext("%(count)s heure", "%(count)s heures", quantity) % {"count": number(quantity)}
    if measure == Measure.DATASETS:
        said = ngettext("%(count)s jeu de données", "%(count)s jeux de données", quantity)
        return said % {"count": number(quantity)}
    if measure == Measure.ENRICHED:
        said = ngettext("%(count)s donnée enrichie rendue", "%(count)s données enrichies rendues", quantity)
        return said % {"count": number(quantity)}
    return number(quantity)


def _title(version: ConventionVersion) -> str:
    title = _("Pacte de collaboration") if version.form == Form.PACT else _("Convention de partenariat")
    return _("Avenant : %(title)s modifié") % {"title": title.lower()} if version.amends_id else title


def _stands(version: ConventionVersion) -> str:
    said = _("Version %(number)s du %(day)s") % {
        "number": version.number,
        "day": day(localtime(version.written_at).date()),
    }
    if version.signed_at:
        signed = _("signée par toutes les parties le %(day)s") % {"day": day(localtime(version.signed_at).date())}
    else:
        signed = _("projet, pas encore signé")
    return f"{said}, {signed}"


def _party(row: dict[str, str]) -> str:
    roles = {role.value: str(role.label) for role in PartnershipParty.Role} | {"authority": _("collectivité")}
    form = LegalForm(row["form"]).label if row["form"] in LegalForm.values else ""
    told = [row["name"], str(form).lower()]
    if row["number"]:
        told.append(_("n° %(number)s") % {"number": row["number"]})
    return _("%(who)s, ci-après « %(role)s »") % {
        "who": ", ".join(part for part in told if part),
        "role": roles[row["role"]],
    }


def _below(version: ConventionVersion, key: str) -> Iterator[Table | Items]:
    if key == "rights":
        yield from _rights(version)
    if key == "commitments":
        for bearer in Bearer:
            items = [_promise(row) for row in version.commitments if row["bearer"] == bearer]
            if items:
                yield Items(str(bearer.label), items)
    if key == "value":
        yield Table(_("Montants et dates"), [_("Quoi"), _("Combien ou quand")], list(_terms(version)))


def _rights(version: ConventionVersion) -> Iterator[Table]:
    """Who holds which right, with the verbs of what is shared; and the terms."""
    told = table_of(Bundle.from_plain(version.rights))
    kinds = version.partnership.offer.kinds
    rows = []
    for row in told.rows:
        verbs = enumeration([str(MAY_DO[kind][row.right]) for kind in kinds])
        rows.append(
            [f"{row.label} ({verbs})" if verbs else row.label, *(word for _extent, word in row.cells), row.condition]
        )
    yield Table(_("Qui peut faire quoi"), [_("Droit"), *told.holders, _("Conditions")], rows)
    if told.terms:
        yield Table(_("Termes des droits"), [_("Quoi"), _("Ce qui est dit")], [[*term] for term in told.terms])


def _promise(row: dict[str, Any]) -> str:
    told = [row["text"]]
    if amount := quantity_in_words(row["measure"], row["quantity"]):
        told.append(f"({amount})")
    if row["due"]:
        told.append(_("– pour le %(day)s") % {"day": day(date.fromisoformat(row["due"]))})
    return " ".join(told)


def _terms(version: ConventionVersion) -> Iterator[Sequence[str]]:
    yield [_("Montant accordé"), euros(version.granted_cents) if version.granted_cents else _("aucun")]
    if version.in_kind_cents or version.in_kind_text:
        yield [_("Donné sans argent"), version.in_kind_text or "–"]
        yield [_("Valeur de ce qui est donné sans argent"), euros(version.in_kind_cents)]
    for label, value in (
        (_("Début"), version.starts),
        (_("Fin"), version.ends),
        (_("On se revoit le"), version.review_on),
    ):
        yield [label, day(value) if value else _("à fixer")]


def _signatures(version: ConventionVersion) -> Table:
    """Who has agreed, when; the act that binds the authority; who has subscribed to the engagement républicain."""
    partnership = version.partnership
    agreed = {one.organisation_id: one for one in version.validations.select_related("by")}
    rows = []
    for side, said in _sides(partnership):
        one = agreed.get(side.pk)
        when = _("validé le %(day)s") % {"day": day(localtime(one.at).date())} if one else _("pas encore")
        name = one.by.name if one and one.by else ""
        rows.append([side.name, said or "–", ", ".join(filter(None, [when, name]))])
    return Table(_("Accord des parties"), [_("Partie"), _("Acte ou engagement"), _("Accord")], rows)


def _sides(partnership: Partnership) -> Iterator[tuple[Any, str]]:
    act = ""
    if partnership.act_reference and partnership.act_date:
        act = _("acte %(reference)s du %(day)s") % {
            "reference": partnership.act_reference,
            "day": day(partnership.act_date),
        }
    yield partnership.authority, act
    for party in partnership.parties.all():
        engaged = party.engaged_on
        said = _("contrat d’engagement républicain du %(day)s") % {"day": day(engaged)} if engaged else ""
        yield party.organisation, said
