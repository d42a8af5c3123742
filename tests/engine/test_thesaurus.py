"""The civic thesaurus: how it is read, and what holds for the words that we ship."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from matching.engine.analyser import Analyser
from matching.engine.thesaurus import EXACT, SHIPPED, BrokenThesaurus, Mention, Thesaurus, load

THEMES = Path(__file__).parents[2] / "matching" / "catalogue" / "themes.json"

SMALL = {
    "format": 1,
    "distrusted": ["projet", "=cour"],
    "empty": ["jardin secret"],
    "concepts": [
        {"id": "sport", "label": "Sports", "words": ["sport"], "weak": ["bouger"], "themes": ["enfance/loisirs"]},
        {"id": "basket", "words": ["basket"], "broader": ["sport"], "related": ["jardin"]},
        {"id": "jardin", "words": ["jardin"], "broader": ["nature"]},
        {"id": "potager", "words": ["potager", "jardin partagé"], "weak": ["terre"], "broader": ["jardin"]},
        {"id": "nature", "words": ["nature en ville"]},
        {"id": "patrimoine", "words": ["mise en valeur du patrimoine"]},
        {"id": "recreation", "words": ["=cour"]},
        {"id": "velo", "words": ["vélo"], "weak": ["VAE"], "acronyms": {"VAE": "vélo à assistance électrique"}},
        {"id": "formation", "words": ["formation"], "acronyms": {"VAE": "validation des acquis de l’expérience"}},
        {"id": "dechets", "words": ["déchet"], "acronyms": {"REP": "responsabilité élargie du producteur"}},
    ],
}


def written(folder: Path, told: object) -> Path:
    path = folder / "thesaurus.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return path


def changed(**concept: object) -> dict:
    return {**SMALL, "concepts": [*SMALL["concepts"], concept]}


@pytest.fixture
def small(tmp_path: Path) -> Thesaurus:
    return load(written(tmp_path, SMALL))


@pytest.fixture(scope="module")
def shipped() -> Thesaurus:
    return load()


def mentions(thesaurus: Thesaurus, text: str) -> list[Mention]:
    terms = Analyser().terms("", text)
    return thesaurus.concepts(terms.stems, terms.words)


def named(thesaurus: Thesaurus, text: str) -> set[str]:
    """The concepts that a text proves: those of strong mentions."""
    return {mention.concept for mention in mentions(thesaurus, text) if not mention.weak}


# How a thesaurus is read.


def test_a_word_names_its_concept_in_any_form(small: Thesaurus) -> None:
    assert mentions(small, "Nos VÉLOS") == [Mention("velo", 0, 1, expression=False, weak=False)]


def test_the_longest_expression_wins_and_its_words_name_nothing_else(small: Thesaurus) -> None:
    assert mentions(small, "Un jardin partagé") == [Mention("potager", 0, 2, expression=True, weak=False)]
    assert named(small, "Un jardin, partagé par tous") == {"potager"}
    assert named(small, "Un jardin de curé, partagé") == {"jardin"}


def test_an_expression_is_found_in_spite_of_its_stop_words(small: Thesaurus) -> None:
    assert named(small, "La mise en valeur de notre patrimoine") == {"patrimoine"}
    assert named(small, "La mise du patrimoine en valeur") == set()


def test_a_weak_word_is_marked(small: Thesaurus) -> None:
    assert mentions(small, "Bouger") == [Mention("sport", 0, 1, expression=False, weak=True)]


def test_an_exact_word_leaves_the_other_words_of_its_stem_alone(small: Thesaurus) -> None:
    assert named(small, "Une cour") == {"recreation"}
    assert named(small, "Un cours") == set()


def test_an_acronym_and_its_expansion_name_the_same_and_may_belong_to_two_concepts(small: Thesaurus) -> None:
    assert [(each.concept, each.weak) for each in mentions(small, "VAE")] == [("formation", False), ("velo", True)]
    assert named(small, "Une validation des acquis de l'expérience") == {"formation"}
    assert named(small, "Un vélo à assistance électrique") == {"velo"}


def test_an_acronym_is_no_other_word_of_the_same_stem(small: Thesaurus) -> None:
    assert Analyser().stem("repas") == Analyser().stem("REP")
    assert named(small, "Les REP") == named(small, "les reps") == {"dechets"}
    assert named(small, "Un repas") == set()


def test_an_empty_expression_names_nothing_and_uses_its_words_up(small: Thesaurus) -> None:
    assert mentions(small, "Son jardin secret") == []


def test_mentions_follow_the_text_and_never_overlap(shipped: Thesaurus) -> None:
    text = "Un jardin partagé dans la cour de l'école, des bancs à l'ombre et un atelier de réparation de vélos"
    spans = [(mention.start, mention.stop) for mention in mentions(shipped, text)]
    assert len(set(spans)) > 4
    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(sorted(set(spans))))


def test_the_concepts_above_come_nearest_first(small: Thesaurus) -> None:
    assert small.broader("potager") == ("jardin",)
    assert small.ancestors("potager") == (("jardin", 1), ("nature", 2))
    assert small.ancestors("nature") == ()


def test_what_a_concept_tells_of_itself(small: Thesaurus) -> None:
    assert small.related("basket") == ("jardin",)
    assert small.related("jardin") == ("basket",)
    assert small.related("sport") == ()
    assert small.themes("sport") == ("enfance/loisirs",)
    assert small.label("sport") == "Sports"
    assert small.label("recreation") == "cour"
    assert len(small) == len(SMALL["concepts"])
    assert "sport" in small
    assert "judo" not in small


def test_distrusted_words(small: Thesaurus) -> None:
    analyser = Analyser()

    def distrusts(word: str) -> bool:
        return small.distrusts(analyser.stem(word), analyser.folded(word))

    assert distrusts("projets")
    assert distrusts("cour")
    assert not distrusts("cours")
    assert not distrusts("vélo")


def test_no_terms_no_mentions(shipped: Thesaurus) -> None:
    assert shipped.concepts([], []) == []


# The file: read once, told apart, refused with a sentence.


def test_a_file_is_read_once_and_again_when_it_changes(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    first = load(path)
    assert load(path) is first
    written(tmp_path, changed(id="judo", words=["judo"]))
    assert "judo" in load(path)


def test_the_fingerprint_follows_what_is_said_and_not_the_layout(tmp_path: Path, small: Thesaurus) -> None:
    reordered = {**SMALL, "concepts": SMALL["concepts"][::-1], "about": ["no word of a listing"]}
    other = changed(id="judo", words=["judo"])
    assert len(small.fingerprint()) == 64
    assert load(written(tmp_path, json.dumps(reordered, indent=4))).fingerprint() == small.fingerprint()
    assert load(written(tmp_path, other)).fingerprint() != small.fingerprint()
    assert load(written(tmp_path, {**SMALL, "distrusted": []})).fingerprint() != small.fingerprint()


BROKEN = {
    "not JSON": ("{", "not JSON in UTF-8"),
    "no object": ("[]", "holds no concepts"),
    "no concepts": ({"format": 1, "concepts": []}, "holds no concepts"),
    "other format": ({**SMALL, "format": 2}, "format 2 is unknown; write it in format 1"),
    "no id": (changed(words=["judo"]), "concept number 11 has no proper id"),
    "bad id": (changed(id="Arts martiaux", words=["judo"]), "concept number 11 has no proper id"),
    "twice": (changed(id="sport", words=["judo"]), "concept sport stands twice"),
    "unknown field": (changed(id="judo", words=["judo"], wider=["sport"]), "concept judo: 'wider' is unknown"),
    "no words": (changed(id="judo", words=[]), "concept judo has no words; give it one or delete its line"),
    "label": (changed(id="judo", label=["judo"], words=["judo"]), "concept judo: label is no text"),
    "no list": (changed(id="judo", words="judo"), 'concept judo: "judo" is no list of texts'),
    "no text": (changed(id="judo", words=["judo", 3]), "is no list of texts"),
    "said twice": (changed(id="judo", words=["judo", "judo"]), "concept judo: « judo » stands twice"),
    "stop words": (changed(id="judo", words=["vers nous"]), "concept judo: « vers nous » says nothing"),
    "acronyms": (changed(id="judo", words=["judo"], acronyms=["JJ"]), "concept judo: acronyms is no object"),
    "broader text": (changed(id="judo", words=["judo"], broader="sport"), "concept judo: broader is no list of texts"),
    "missing broader": (changed(id="judo", words=["judo"], broader=["lutte"]), "concept judo: broader names « lutte »"),
    "missing related": (changed(id="judo", words=["judo"], related=["lutte"]), "concept judo: related names « lutte »"),
    "itself": (changed(id="judo", words=["judo"], broader=["judo"]), "concept judo is broader than itself"),
    "empty stop words": ({**SMALL, "empty": ["à nous"]}, "empty: « à nous » says nothing"),
}


@pytest.mark.parametrize(("told", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_a_sentence(tmp_path: Path, told: object, sentence: str) -> None:
    path = written(tmp_path, told)
    with pytest.raises(BrokenThesaurus) as refusal:
        load(path)
    assert sentence in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_a_circle_of_broader_concepts_is_shown(tmp_path: Path) -> None:
    told = changed(id="judo", words=["judo"], broader=["lutte"])
    told["concepts"].append({"id": "lutte", "words": ["lutte"], "broader": ["sport", "judo"]})
    with pytest.raises(BrokenThesaurus, match="judo -> lutte -> judo"):
        load(written(tmp_path, told))


def test_several_faults_are_told_together(tmp_path: Path) -> None:
    told = {"format": 1, "concepts": [{"id": f"c{number}", "words": []} for number in range(12)]}
    with pytest.raises(BrokenThesaurus) as refusal:
        load(written(tmp_path, told))
    lines = str(refusal.value).splitlines()
    assert len(lines) == 11
    assert "2 faults more" in lines[-1]


def test_a_missing_file_and_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenThesaurus, match=r"none\.json: cannot be read"):
        load(tmp_path / "none.json")
    path = tmp_path / "latin.json"
    path.write_bytes('{"format": 1, "concepts": "é"}'.encode("latin-1"))
    with pytest.raises(BrokenThesaurus, match="not JSON in UTF-8"):
        load(path)


# The words that we ship.


def told() -> dict:
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def read(expression: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    terms = Analyser().terms("", expression)
    return tuple(terms.stems), tuple(terms.words) if expression.startswith(EXACT) else ()


def test_there_are_enough_concepts(shipped: Thesaurus) -> None:
    assert len(shipped) >= 400


def test_one_concept_a_line_in_order_so_that_a_change_can_be_read() -> None:
    lines = [line for line in SHIPPED.read_text(encoding="utf-8").splitlines() if line.startswith(' {"id"')]
    identifiers = [json.loads(line.rstrip(","))["id"] for line in lines]
    assert len(identifiers) == len(told()["concepts"])
    assert identifiers == sorted(identifiers)
    assert told()["about"]


def test_no_concept_says_the_same_twice() -> None:
    said = {
        concept["id"]: [read(word) for word in (*concept.get("words", []), *concept.get("weak", []))]
        for concept in told()["concepts"]
    }
    assert {name: key for name, keys in said.items() for key, times in Counter(keys).items() if times > 1} == {}


def test_no_expression_of_several_words_shrinks_to_one() -> None:
    shrunk = [
        (concept["id"], word)
        for concept in told()["concepts"]
        for word in (*concept.get("words", []), *concept.get("weak", []))
        if " " in word and len(read(word)[0]) < 2
    ]
    assert shrunk == []


def test_no_concept_is_a_drawer_for_everything(shipped: Thesaurus) -> None:
    sizes = {name: len({read(word)[0] for word, _ in shipped[name].expressions()}) for name in shipped}
    assert {name: size for name, size in sizes.items() if size > 30} == {}


def test_a_word_of_a_concept_is_left_to_the_narrower_one(shipped: Thesaurus) -> None:
    strong = {name: {read(word) for word, weak in shipped[name].expressions() if not weak} for name in shipped}
    both = [
        (name, above, sorted(strong[name] & strong[above]))
        for name in shipped
        for above, _ in shipped.ancestors(name)
        if strong[name] & strong[above]
    ]
    assert both == []


def test_themes_exist_and_each_is_touched_by_several_concepts(shipped: Thesaurus) -> None:
    themes = json.loads(THEMES.read_text(encoding="utf-8"))
    known = {theme["slug"] for theme in themes} | {child["slug"] for theme in themes for child in theme["children"]}
    touched = Counter(theme.partition("/")[0] for name in shipped for theme in set(shipped.themes(name)))
    assert {theme for name in shipped for theme in shipped.themes(name)} <= known
    assert len(themes) == 14
    assert min(touched[theme["slug"]] for theme in themes) >= 5
    assert all(
        any(child["slug"] in shipped.themes(name) for name in shipped) for t in themes for child in t["children"]
    )


ACRONYMS = """PLU PLUi EPCI RNA AMAP ESS PMR QPV CCAS MJC EHPAD ALSH TEPCV DETR DSIL PCAET SCoT ENR SIG LSF FALC ERP PPI
VAE GEMAPI SCIC SCOP EPN CLAS RGPD FEDER HLM ENS"""


@pytest.mark.parametrize("acronym", ACRONYMS.split())
def test_acronyms_have_their_expansion(shipped: Thesaurus, acronym: str) -> None:
    owners = [name for name in shipped if acronym in shipped[name].acronyms]
    assert owners
    for name in owners:
        for text in (f"Vu la {shipped[name].acronyms[acronym]}, décidons", f"Le {acronym} voté"):
            assert name in {mention.concept for mention in mentions(shipped, text)}, text


def test_words_of_two_meanings_are_distrusted(shipped: Thesaurus) -> None:
    analyser = Analyser()
    words = "place projet plan Saint cours pièce marche marché côte côté bois centre maison parc nature".split()
    assert [word for word in words if not shipped.distrusts(analyser.stem(word), analyser.folded(word))] == []
    assert [word for word in ("vélo", "potager", "piscine", "orgue") if shipped.distrusts(analyser.stem(word))] == []
    assert named(shipped, "Une place, un projet, un plan, des cours, une pièce, du bois, la côte, un centre") == set()


SAME_SUBJECT = [
    ("Une bicyclette pour chacun", "Aménagements cyclables", "velo"),
    ("Cultiver des légumes en bas de chez nous", "Maraîchage de proximité", "potager"),
    ("Des bancs pour souffler", "Assises publiques", "banc"),
    ("Rendre la rue aux enfants", "Sécuriser les abords des écoles", "rue-aux-ecoles"),
    ("Un kiosque pour tous", "Restauration du kiosque à musique", "kiosque"),
    ("Des arbres contre la chaleur", "Création d'îlots de fraîcheur", "ilot-fraicheur"),
    ("Verdir la cour de l'école", "Désimperméabilisation des cours d'écoles", "cour-oasis"),
    ("Entrer partout en fauteuil roulant", "Mise aux normes PMR", "accessibilite"),
    ("Du foot au pied des immeubles", "Équipements sportifs de proximité", "sport"),
    (
        "Des familles qui ont froid l'hiver et leurs factures d'énergie",
        "Précarité énergétique",
        "precarite-energetique",
    ),
    ("Nos papiers en ligne", "Accompagnement aux démarches en ligne", "demarches-en-ligne"),
    ("Sauver la chapelle du hameau", "Restauration d'édifices cultuels", "eglise"),
    ("Trouver un docteur : un médecin au village", "Lutte contre les déserts médicaux", "maison-sante"),
    ("Plus de vert dans la rue : végétalisons !", "Renaturation des espaces urbains", "nature-en-ville"),
]


@pytest.mark.parametrize(("citizen", "administration", "subject"), SAME_SUBJECT)
def test_citizens_and_administrations_meet(shipped: Thesaurus, citizen: str, administration: str, subject: str) -> None:
    for text in (citizen, administration):
        found = named(shipped, text)
        above = {broader for concept in found for broader, _ in shipped.ancestors(concept)}
        assert subject in found | above, text


OTHER_SUBJECT = [
    ("Un cours de musique", "La cour de l'immeuble"),
    ("Une course à pied", "Des cours de français"),
    ("Le jeu de données des arbres", "Des jeux pour les petits"),
    ("La marée basse", "Le maire élu"),
    ("Un repas de quartier", "Un répit pour les aidants"),
    ("Un hameau habité", "Des habits chauds"),
    ("La réalisation de la route", "Un réalisateur de film"),
    ("Une pétition", "Un petit geste"),
    ("Le concert du soir", "La concertation préalable"),
    ("Un conservateur de musée", "Des conserves de légumes"),
    ("Lire un livre", "Livrer un colis"),
]


@pytest.mark.parametrize(("one", "other"), OTHER_SUBJECT)
def test_words_that_only_look_alike_stay_apart(shipped: Thesaurus, one: str, other: str) -> None:
    assert named(shipped, one) & named(shipped, other) == set()


def test_the_specific_stands_above_the_general(shipped: Thesaurus) -> None:
    for narrow, wide in [("basket", "sport"), ("potager", "nature-en-ville"), ("velo-ecole", "mobilite")]:
        assert wide in dict(shipped.ancestors(narrow))
