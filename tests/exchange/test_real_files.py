"""Files of other people: the two that the mappings were written for where they are at hand, else small ones alike."""

import os
from datetime import date
from pathlib import Path

import pytest

from matching.catalogue.models import Need, Offer
from matching.exchange.importing import Settings
from matching.exchange.mapping import load_mapping
from matching.exchange.reading import read_text
from matching.exchange.services import import_needs, import_offers, publisher_described
from matching.organisations.models import Organisation
from matching.territories.services import load_some

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("PCC_REAL_DATA", ROOT.parent / "shared" / "data"))

AIDS = """Nom,Lien,Financeurs,Bénéficiaire,Types d'aides,AAP/AMI,Récurrence,Descriptif,Date Clôture
Rouler,https://aides.example/e342/,Conseil départemental du Morbihan,Communes,Subvention,,,Un  soutien.,
Bâtir,https://aides.example/c5ef/,Agence (ANAH),Communes;Associations,Ingénierie technique,Oui,,Avis.,31/12/2022
Investir,https://aides.example/aaaa/,Banque;Agence (ANAH),Particuliers,Prêt;Ingénierie financière,,,Un prêt.,01/01/2026
Planter,https://aides.example/bbbb/,Région Bretagne,Agriculteurs,Subvention,,,Des haies.,
"""
PROJECTS = """identifiant_projet_gagnant,edition,titre_projet_gagnant,thematique,arrondissement_projet_gagnant,\
adresse_projet_gagnant,projet_q_pop,budget_global_projet_gagnant,direction_pilote_projet,avancement_projet
1,2014,Des jardins\u00a0sur les murs,Environnement,18,1 rue Watt,Non,2000000,Direction de l’Eau,FIN
2,2014,NON REGISTRÉ,Sport,18,NON REGISTRE,Non,1000,Direction de l’Eau,FIN
3,2015,Un café des aînés,Solidarités,23,NON REGISTRE,Oui,30000,Direction de l’Eau,FIN
"""


def real_or_small(tmp_path, name, small):
    path = REAL / name
    if path.exists():
        return path
    path = tmp_path / name
    path.write_text(small, encoding="utf-8")
    return path


def small_only(tmp_path, name, small):
    path = tmp_path / name
    path.write_text(small, encoding="utf-8")
    return path


@pytest.fixture(params=[real_or_small, small_only])
def file(request, tmp_path):
    return lambda name, small: request.param(tmp_path, name, small)


@pytest.fixture
def france(territories, themes):
    """The small world, and the areas that the real files name."""
    codes = "02 08 10 11 14 16 26 27 29 32 37 39 46 50 54 56 63 69 73 77 81 82 85 89 91 92"
    load_some([("departement", code) for code in codes.split()])
    load_some([("region", code) for code in ("11", "27", "28", "32", "44", "53", "76", "84")])
    load_some([("epci", "200034882"), ("epci", "200072312")])
    load_some([("commune", f"751{number:02d}") for number in range(1, 21)])


def bring_aids(path):
    mapping = load_mapping("aides-2023")
    settings = Settings(source=mapping.source, today=date(2023, 6, 1))
    return import_offers(rows=mapping.rows(read_text(path)), settings=settings)


def bring_projects(path):
    mapping = load_mapping("paris-budget-participatif")
    publisher = publisher_described(record=mapping.organisation, source=mapping.source)
    settings = Settings(source=mapping.source, today=date(2023, 6, 1), default=publisher)
    return import_needs(rows=mapping.rows(read_text(path)), settings=settings)


def lines_of(path):
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def test_aids_become_offers(france, file):
    path = file("aides-2023.csv", AIDS)
    report = bring_aids(path)
    assert report.read == lines_of(path) == report.imported + len(report.refusals)
    assert not set(report.refused_by_reason) - {"unknown_value"}
    offers = Offer.objects.filter(source="aides-2023").prefetch_related("resources").select_related("perimeter")
    assert len(offers) == report.imported > 0
    for offer in offers:
        assert offer.legal_forms
        assert ("perimeter_assumed" in offer.flags) == (offer.perimeter.level == "country")
        assert {resource.kind for resource in offer.resources.all()} == {"funding"}
    again = bring_aids(path)
    assert (again.imported, again.updated, again.unchanged) == (0, 0, report.imported)


def test_projects_become_needs_of_one_organisation(france, file):
    path = file("paris-budget-participatif.csv", PROJECTS)
    report = bring_projects(path)
    assert report.read == lines_of(path) == report.imported + len(report.refusals)
    assert set(report.refused_by_reason) == {"missing"}
    assert report.flags["contribution_unknown"] == report.imported
    assert {"75118", "75056"} <= set(Need.objects.values_list("territory__code", flat=True))
    organisation = Organisation.objects.get(source="paris-budget-participatif")
    assert organisation.name == "Budget participatif de Paris (import)"
    assert organisation.needs.count() == report.imported
    again = bring_projects(path)
    assert (again.imported, again.updated, again.unchanged) == (0, 0, report.imported)


def test_what_a_small_file_of_aids_becomes(france, tmp_path):
    report = bring_aids(small_only(tmp_path, "aides.csv", AIDS))
    assert [(each.line, each.faults[0].column) for each in report.refusals] == [(5, "Bénéficiaire")]
    assert report.flags == {"perimeter_assumed": 2, "in_kind": 1}
    assert report.over == 1
    cycling, advice, loan = Offer.objects.order_by("external_id").order_by("id")
    assert (cycling.external_id, cycling.perimeter.code, cycling.text) == ("e342", "56", "Un soutien.")
    assert cycling.organisation.territory.code == "56"
    assert advice.legal_forms == ["commune", "association"]
    assert advice.resources.get().is_call
    assert advice.closes == date(2022, 12, 31)
    assert [resource.subkind for resource in loan.resources.all()] == ["loan", "engineering"]
    assert loan.provides == "Nature de l’aide : Prêt, Ingénierie financière\nAvec : Banque, Agence (ANAH)"
    assert loan.organisation.name == "Banque"


def test_what_a_small_file_of_projects_becomes(france, tmp_path):
    report = bring_projects(small_only(tmp_path, "projets.csv", PROJECTS))
    [refusal] = report.refusals
    assert (refusal.line, refusal.faults[0].column) == (3, "titre_projet_gagnant")
    assert "« NON REGISTRÉ »" in refusal.faults[0].problem
    walls = Need.objects.get(external_id="1")
    assert walls.title == "Des jardins sur les murs"
    assert walls.text == "1 rue Watt"
    assert (walls.amount_max, walls.kinds) == (200_000_000, [])
    assert Need.objects.get(external_id="3").text == ""
