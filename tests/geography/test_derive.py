"""From the package to the table, on a package of four communes."""

import json
import tarfile

import pytest

from matching.geography import Geography, Place
from matching.geography.derive import BrokenPackage, derive

COMMUNE = {"type": "commune-actuelle", "zone": "metro", "departement": "01", "region": "84", "typeLiaison": 0}
FILES = {
    "package.json": {"name": "@etalab/decoupage-administratif", "version": "6.0.0"},
    "data/communes.json": [
        {
            **COMMUNE,
            "code": "01004",
            "nom": "Ambérieu-en-Bugey",
            "typeLiaison": 1,
            "siren": "210100046",
            "codesPostaux": ["01500"],
            "population": 15_000,
            "anciensCodes": ["01003"],
        },
        {**COMMUNE, "code": "01033", "nom": "Valserhône", "population": 16_000},
        {**COMMUNE, "code": "01033", "nom": "Bellegarde", "type": "commune-deleguee", "chefLieu": "01033"},
        {**COMMUNE, "code": "01091", "nom": "Châtillon", "type": "commune-deleguee", "chefLieu": "01033"},
        {**COMMUNE, "code": "39001", "nom": "Orgelet", "departement": "39", "region": "27", "population": 50},
        {
            "code": "98801",
            "nom": "Le Belep",
            "type": "commune-actuelle",
            "zone": "com",
            "departement": "988",
            "region": "988",
        },
    ],
    "data/epci.json": [
        {
            "code": "200000001",
            "nom": "CC Deux Rives",
            "type": "CC",
            "populationMunicipale": 16_050,
            "membres": [
                {"code": "01033", "populationMunicipale": 16_000},
                {"code": "39001", "populationMunicipale": 50},
            ],
        }
    ],
    "data/ept.json": [],
    "data/departements.json": [
        {"code": "01", "nom": "Ain", "region": "84", "typeLiaison": 5, "zone": "metro"},
        {"code": "39", "nom": "Jura", "region": "27", "typeLiaison": 2, "zone": "metro"},
        {"code": "988", "nom": "Nouvelle-Calédonie", "region": "988", "typeLiaison": 0, "zone": "com"},
    ],
    "data/regions.json": [
        {"code": "84", "nom": "Auvergne-Rhône-Alpes", "typeLiaison": 1, "zone": "metro"},
        {"code": "27", "nom": "Bourgogne-Franche-Comté", "typeLiaison": 0, "zone": "metro"},
        {"code": "988", "nom": "Nouvelle-Calédonie", "typeLiaison": 0, "zone": "com"},
    ],
}
README = "| 2027 | 7.0.0 | npm |\n| 2026  | 6.0.0  | npm |\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "package/data").mkdir(parents=True)
    for name, content in FILES.items():
        (tmp_path / "package" / name).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "package/README.md").write_text(README, encoding="utf-8")
    return tmp_path / "package"


@pytest.fixture
def archive(folder):
    path = folder.parent / "packed.tgz"
    with tarfile.open(path, "w:gz") as packed:
        packed.add(folder, "package")
    return path


def test_archive_and_folder_give_the_same_bytes(folder, archive):
    assert derive(folder) == derive(archive) == derive(folder)


def test_the_table_says_what_the_package_says(folder):
    geo = Geography(derive(folder))
    assert (geo.millesime, geo.version) == ("2026", "6.0.0")
    amberieu = geo.get(geo.resolve("commune", "01003"))
    assert (amberieu.name, amberieu.siren) == ("Ambérieu-en-Bugey", "210100046")
    assert amberieu.postcodes == ("01500",)
    assert geo.resolve("commune", "01091") == geo.resolve("commune", "01033") == Place("commune", "01033")
    assert geo.get(Place("commune", "01033")).name == "Valserhône"
    assert geo.get(Place("departement", "01")).population == 31_000
    assert geo.get(Place("country", "FR")).population == 31_050
    group = geo.get(Place("epci", "200000001"))
    assert (group.department, group.region, group.siren) == ("01", "84", "200000001")
    assert geo.relation(group.place, Place("departement", "01")) == "overlap"
    assert geo.of(group.place) == "de la CC Deux Rives"
    assert geo.of(Place("commune", "98801")) == "du Belep"
    assert geo.phrase(Place("departement", "988")) == "Nouvelle-Calédonie (collectivité d’outre-mer)"


@pytest.mark.parametrize("missing", ["package.json", "README.md", "data/communes.json", "data/ept.json"])
def test_a_missing_file_is_named(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(BrokenPackage, match=missing):
        derive(folder)


def test_a_version_whose_year_is_not_told_is_refused(folder):
    (folder / "README.md").write_text("| 2025 | 5.3.0 |", encoding="utf-8")
    with pytest.raises(BrokenPackage, match=r"6\.0\.0"):
        derive(folder)


@pytest.mark.parametrize(("name", "content"), [("epci.json", "[{}]"), ("communes.json", "{")])
def test_another_shape_is_refused(folder, name, content):
    (folder / "data" / name).write_text(content, encoding="utf-8")
    with pytest.raises(BrokenPackage, match="shape"):
        derive(folder)


def test_what_is_no_archive_is_refused(tmp_path):
    for path in (tmp_path / "nowhere.tgz", tmp_path / "text.tgz"):
        (tmp_path / "text.tgz").write_text("hello", encoding="utf-8")
        with pytest.raises(BrokenPackage, match="neither"):
            derive(path)
