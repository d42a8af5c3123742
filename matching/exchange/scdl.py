"""Grants as the law wants them published: table schema scdl/subventions 2.1.1, one row per beneficiary.

The official schema lets a wrong SIRET, a negative amount or a row without any number through: our own checks do not.
A row that cannot be published is told with its reason and what would mend it; none is left out silently.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from stdnum.fr import siret

from matching.catalogue.models import Kind
from matching.exchange.cells import harmless
from matching.organisations.models import Organisation
from matching.partnerships.models import GrantNotice, Partnership, PartnershipParty

COLUMNS = (
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
)
_IN_CASH, _IN_KIND = "aide en numéraire", "aide en nature"
# What the schema takes; numbers of Corsica and overseas have a letter, and need a SIRET beside.
RNA_OF_SCHEMA = re.compile(r"W\d{9}")
_LONGEST_PURPOSE = 256


@dataclass(frozen=True)
class Lack:
    """One thing that keeps a partnership out of the file: what lacks, what would mend it, and where ("siret",
    "number", "notice", "value", "share")."""

    sentence: str
    mend: str
    where: str
    organisation: Organisation | None = None


@dataclass(frozen=True)
class Told:
    """What becomes of one partnership: its rows, or why it has none."""

    partnership: Partnership
    rows: Sequence[Sequence[str]] = ()
    lacks: Sequence[Lack] = field(default_factory=tuple)


def told(partnerships: Iterable[Partnership]) -> Iterator[Told]:
    """Each agreed partnership that is a grant, in money or in kind. They come with what `with_sides` brings, and
    their grant notice and resources."""
    for partnership in partnerships:
        if _is_grant(partnership):
            lacks = list(_lacks(partnership))
            yield Told(partnership, () if lacks else tuple(_rows(partnership)), lacks)


def grants_file(found: Iterable[Told]) -> bytes:
    """The file itself: UTF-8 without a mark, commas, lines ended by CR LF."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in found:
        writer.writerows([harmless(cell) for cell in row] for row in one.rows)
    return out.getvalue().encode()


def beneficiaries(partnership: Partnership) -> list[tuple[Organisation, int]]:
    """Who receives, and which share in ten-thousandths. A group without numbers receives through its carrier."""
    carrier = next(
        (one.organisation for one in partnership.parties.all() if one.role == PartnershipParty.Role.CARRIER), None
    )
    found: dict[Organisation, int] = {}
    for party in partnership.parties.all():
        if party.role == PartnershipParty.Role.BENEFICIARY:
            one = party.organisation
            receives = carrier if carrier and one.is_informal else one
            found[receives] = found.get(receives, 0) + party.share
    return list(found.items())


def _is_grant(partnership: Partnership) -> bool:
    """Money, or something of value lent or done. Open data is shared with everybody: it is nobody's grant."""
    if partnership.granted_cents or partnership.in_kind_cents:
        return True
    return any(resource.kind in (Kind.PLACE, Kind.FUNDING) for resource in partnership.offer.resources.all())


def _lacks(partnership: Partnership) -> Iterator[Lack]:
    authority = partnership.authority
    if not siret.is_valid(authority.siret):
        yield Lack(
            _("Le SIRET de la collectivité manque."), _("Un responsable l’écrit sur sa page."), "siret", authority
        )
    if not partnership.granted_cents + partnership.in_kind_cents:
        yield Lack(
            _("Ce qui est prêté n’a pas de valeur écrite."),
            _("Écrivez sa valeur dans un avenant : une salle gratuite est une aide en nature."),
            "value",
        )
    received = beneficiaries(partnership)
    if sum(share for _one, share in received) != 10_000:
        yield Lack(
            _("Les parts des bénéficiaires ne font pas le tout."), _("Corrigez-les dans la convention."), "share"
        )
    for one, _share in received:
        if one.siret and not siret.is_valid(one.siret):
            yield Lack(
                _("Le SIRET de %(name)s est mal formé.") % {"name": one.name},
                _("Demandez-lui de le relire."),
                "number",
                one,
            )
        elif not one.siret and not RNA_OF_SCHEMA.fullmatch(one.rna):
            yield Lack(
                _("%(name)s n’a pas de SIRET, ni de numéro RNA que le fichier accepte.") % {"name": one.name},
                _("Demandez-lui son SIRET : un numéro RNA de Corse ou d’outre-mer ne suffit pas.")
                if one.rna
                else _("Demandez-lui son SIRET, ou passez par la structure qui le porte."),
                "number",
                one,
            )
    if _notice(partnership) is None and partnership.granted_cents:
        yield Lack(_("On ne sait pas comment le montant est versé."), _("Répondez à trois questions."), "notice")
    elif _days(partnership)[0] is None:
        yield Lack(_("Les dates du versement manquent."), _("Écrivez-les."), "notice")


def _rows(partnership: Partnership) -> Iterator[Sequence[str]]:
    notice = _notice(partnership)
    for one, share in beneficiaries(partnership):
        yield (
            _line(partnership.authority.name),
            partnership.authority.siret,
            partnership.signed_on.isoformat() if partnership.signed_on else "",
            _line(partnership.act_reference),
            _line(one.name),
            one.siret,
            one.rna if not one.siret else one.rna if RNA_OF_SCHEMA.fullmatch(one.rna) else "",
            _line(partnership.title)[:_LONGEST_PURPOSE],
            _euros(partnership.granted_cents + partnership.in_kind_cents),
            ";".join(
                name
                for name, cents in ((_IN_CASH, partnership.granted_cents), (_IN_KIND, partnership.in_kind_cents))
                if cents
            ),
            _payment(notice),
            "/".join(day.isoformat() for day in _days(partnership) if day),
            "",
            "oui" if notice and notice.notified else "non",
            f"{Decimal(share) / 10_000:.4f}".rstrip("0").rstrip("."),
            str(partnership.offer.uuid),
        )


def _notice(partnership: Partnership) -> GrantNotice | None:
    return getattr(partnership, "grant_notice", None)


def _payment(notice: GrantNotice | None) -> str:
    if notice is None:
        return GrantNotice.Payment.SINGLE.value
    return _line(notice.payment_text) if notice.payment == GrantNotice.Payment.OTHER else notice.payment


def _days(partnership: Partnership) -> tuple[date | None, date | None]:
    """When it is paid; what is lent is given from the beginning to the end."""
    notice = _notice(partnership)
    if notice and notice.pays_from:
        return notice.pays_from, notice.pays_until
    return partnership.starts, partnership.ends


def _euros(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _line(text: str) -> str:
    return " ".join(text.split())
