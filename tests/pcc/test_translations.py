"""French is the source language, English is whole, and the compiled catalogues say what the written ones say."""

import ast
import html
import re
from pathlib import Path
from uuid import uuid4

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from matching.engine.sentences import SENTENCES
from matching.partnerships.services import send_message
from matching.screens import reasons
from matching.screens.fields import CountField, EurosField
from tests.factories import make_need, make_offer
from tests.screens.conftest import suggest

ROOT = Path(settings.BASE_DIR)
LOCALE = ROOT / "pcc" / "locale"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|%%")
# French hangs an article on a place ("de Brest", "du Lot"); English takes its bare name.
SAME_PLACE = {"within": "of"}
CODE_FOLDERS = ("matching", "cms", "tasks", "pcc")


def catalogue(language, suffix="po"):
    path = LOCALE / language / "LC_MESSAGES" / f"django.{suffix}"
    return polib.pofile(path) if suffix == "po" else polib.mofile(path)


def texts(entry):
    """Every translation of a message: one, or its plural forms."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text):
    return {SAME_PLACE.get(name, name) for name in PLACEHOLDER.findall(text)}


# The catalogues


def test_every_message_has_its_english():
    bare = [entry.msgid for entry in catalogue("en") if entry.obsolete or entry.fuzzy or not all(texts(entry))]
    assert bare == []


def test_english_keeps_the_placeholders():
    lost = [
        entry.msgid
        for entry in catalogue("en")
        for text in texts(entry)
        if not placeholders(text) <= placeholders(entry.msgid + entry.msgid_plural)
        or (not entry.msgid_plural and placeholders(text) != placeholders(entry.msgid))
    ]
    assert lost == []


def test_english_has_one_form_for_one_and_one_for_more():
    plurals = [entry for entry in catalogue("en") if entry.msgid_plural]
    assert plurals
    assert all(len(texts(entry)) == 2 for entry in plurals)


def test_english_is_written_with_english_signs():
    french_signs = re.compile(r"[\u00a0\u202f][:;?!]|[«»]|%\s%|\s[:;?!]")
    assert [text for entry in catalogue("en") for text in texts(entry) if french_signs.search(text)] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_compiled_catalogue_is_up_to_date(language):
    def said(entries):
        return {(entry.msgctxt, entry.msgid, entry.msgid_plural): texts(entry) for entry in entries}

    assert said(catalogue(language, "mo")) == said(catalogue(language))


def test_every_sentence_of_the_engine_is_in_the_catalogue():
    known = {entry.msgid for entry in catalogue("en")}
    assert set(SENTENCES.values()) - known == set()


def test_no_library_answers_for_us_in_french():
    with override("fr"):
        single = [e for e in catalogue("en") if not e.msgid_plural and not e.msgctxt]
        taken = [entry.msgid for entry in single if gettext(entry.msgid) != entry.msgid]
        taken += [
            entry.msgid
            for entry in catalogue("en")
            if entry.msgid_plural and ngettext(entry.msgid, entry.msgid_plural, 2) != entry.msgid_plural
        ]
    assert taken == []


# The sources


def templates():
    found = (path for folder in CODE_FOLDERS for path in (ROOT / folder).rglob("templates/**/*") if path.is_file())
    return sorted(found)


# Said as they stand: names of languages in themselves, and what has no language.
AS_THEY_STAND = {"Français", "English", "https", "width=device-width, initial-scale=1", "light dark", "#fbf8f1"} | {
    *("noindex", "article", "fr_FR"),
}
# The law gives its words, in French; the page says that it is French (lang="fr").
WORDS_OF_THE_LAW = {"cms/templates/cms/accessibility_page.html"}
IN_ATTRIBUTE = re.compile(r'\b(?:aria-label|alt|placeholder|title|content)="([^"]*)"')
TRANSLATED = re.compile(
    r"{%\s*blocktranslate.*?%}.*?{%\s*endblocktranslate\s*%}|{%\s*comment.*?%}.*?{%\s*endcomment\s*%}"
    r"|{%\s*block \w+_class\s*%}.*?{%\s*endblock\s*%}|{%.*?%}|{{.*?}}|{#.*?#}",
    re.DOTALL,
)


def unmarked(source):
    """What a template says outside {% translate %}: its words, its French signs."""
    bare = TRANSLATED.sub("\0", source)
    said = [*IN_ATTRIBUTE.findall(bare), *re.split(r"<[^>]*>", bare)]
    pieces = [piece for text in said for piece in text.split("\0")]
    words = (piece.strip() for piece in pieces if re.search(r"[^\W\d_]{2,}|[«»]|\s[:;?!]", piece))
    return [said for said in words if said not in AS_THEY_STAND]


def test_an_unmarked_sentence_is_found():
    assert unmarked('<p>{% translate "Bonjour" %} <b>à tous</b> {{ name }}</p>') == ["à tous"]
    assert unmarked('<a aria-label="Ouvrir">{{ x }}</a><i>« {{ x }} »</i>') == ["Ouvrir", "«", "»"]
    assert unmarked('{% translate "Rôle" %} : {{ role }}') == [":"]


def test_templates_mark_what_they_say():
    found = {str(path.relative_to(ROOT)): unmarked(path.read_text(encoding="utf-8")) for path in templates()}
    assert len(found) > 50
    assert {path for path, said in found.items() if said} >= WORDS_OF_THE_LAW
    assert {path: said for path, said in found.items() if said and path not in WORDS_OF_THE_LAW} == {}


MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
# People of the server read these, in French: what the queue writes down, the texts of the French pages.
FRENCH_ONLY = {"cms/legal.py", "cms/services.py", "tasks/queue.py"}


def french_outside_markers(path):
    """French words of a module that no translation function has seen; docstrings and comments aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKERS:
            seen |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            seen.add(id(node.value))
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in strings if id(node) not in seen and re.search(r"\w’\w|[éèêàçùôî]\w* \w", node.value)]


def modules():
    folders = ("matching/screens", "matching/notices", "cms", "tasks")
    kept = (path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)
    return [path for path in kept if not any(str(path.relative_to(ROOT)).startswith(name) for name in FRENCH_ONLY)]


def test_modules_mark_what_they_say():
    found = {str(path.relative_to(ROOT)): french_outside_markers(path) for path in modules()}
    assert len(found) > 20
    assert {path: said for path, said in found.items() if said} == {}


PLAIN_SPACE = re.compile(r"[\w)»%] [;:?!](?:\s|$)|« | »")


def test_french_signs_keep_to_their_word():
    french = [text for entry in catalogue("en") for text in (entry.msgid, entry.msgid_plural)]
    assert [text for text in french if PLAIN_SPACE.search(text)] == []


# The pages


FRENCH_WORDS = re.compile(
    r"\b(le|la|les|des|une|du|au|aux|est|sont|vous|votre|vos|nous|pour|avec|dans|par|sur|qui|et|ou|où|à"
    r"|besoins?|offres?|collectifs?|collectivités?|lieux?|données|droits?|gratuit|toutes?|tous|voir|écrire)\b",
    re.IGNORECASE,
)


@pytest.fixture
def theirs(brest, bricoleuses, alice, bob):
    """An offer and a need that the matcher brought together, with a message; their words are told apart."""
    offer = make_offer(brest, person=bob, title="Wattsaal", text="Wattsaaltext", provides="Wattgabe")
    need = make_need(bricoleuses, person=alice, title="Brauchtitel", text="Brauchtext", contribution="Brauchgabe")
    pair = suggest(offer, need)
    send_message(suggestion=pair, side="need", author=alice, text="Guten Tag", form_key=uuid4())
    return pair


def french_in(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    page = response.content.decode()
    kept = re.sub(r"<(script|svg|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    kept = re.sub(r'<(\w+)[^>]* lang="fr"[^>]*>.*?</\1>', " ", kept, flags=re.DOTALL)
    attributes = " ".join(IN_ATTRIBUTE.findall(kept))
    said = html.unescape(f"{attributes} {re.sub(r'<[^>]*>', ' ', kept)}")
    for name in PROPER_NAMES:
        said = said.replace(name, "")
    return FRENCH_WORDS.findall(said)


PROPER_NAMES = (
    "Les Bricoleuses du port",
    "Partenariats citoyens",
    "Commission d’accès aux documents administratifs",
    "Licence Art Libre",
)
PUBLIC = ["find", "offers", "needs", "organisations", "territories", "method"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_lists_are_english_under_en(client, theirs, name):
    with override("en"):
        path = reverse(f"public:{name}")
    assert path.startswith("/en/")
    assert french_in(client, path) == []


def test_public_pages_are_english_under_en(client, theirs):
    offer, need = theirs.offer, theirs.need
    with override("en"):
        paths = [
            reverse("public:offer", args=[offer.uuid, offer.slug]),
            reverse("public:need", args=[need.uuid, need.slug]),
            reverse("public:organisation", args=[offer.organisation.slug]),
            reverse("public:organisation", args=[need.organisation.slug]),
            reverse("account_login"),
            reverse("account_signup"),
            reverse("account_reset_password"),
        ]
    assert {path: french_in(client, path) for path in paths} == {path: [] for path in paths}


def test_both_desks_are_english_under_en(theirs, alice, bob):
    found = {}
    for person, listing, kind in ((alice, theirs.need, "need"), (bob, theirs.offer, "offer")):
        client = Client()
        client.force_login(person)
        slug = listing.organisation.slug
        with override("en"):
            paths = [
                reverse("desk_of", args=[slug]),
                reverse("members", args=[slug]),
                reverse("preferences"),
                reverse("threads"),
                reverse("thread", args=[theirs.uuid]),
                reverse("suggestion_dismiss", args=[theirs.uuid]),
                *(reverse(f"{kind}_{page}", args=[slug, listing.uuid]) for page in ("desk", "edit", "history")),
            ]
        found |= {path: words for path in paths if (words := french_in(client, path))}
    assert found == {}


# What fills the engine's sentences


@pytest.mark.parametrize(
    ("code", "params", "french", "english"),
    [
        (
            "refused.kinds",
            {"wanted": "un lieu et un financement", "offered": "des données"},
            "Le besoin demande un lieu et un financement, l’offre partage des données.",
            "The need asks for a place and funding, the offer shares data.",
        ),
        (
            "mend.rights.offer",
            {"rights": "accès, gestion"},
            "Accorder aussi\u00a0: accès, gestion.",
            "Also grant: access, management.",
        ),
        (
            "theme",
            {"theme": "numerique › mediation", "slug": "numerique/mediation"},
            "Thème en commun\u00a0: Médiation numérique",
            "Theme in common: Digital support",
        ),
        (
            "legal_form",
            {"form": "informal"},
            "Forme juridique acceptée\u00a0: collectif informel",
            "Legal form accepted: informal citizen group",
        ),
        (
            "amount.maximum",
            {"maximum": "5\u202f000"},
            "Jusqu’à 5\u202f000\u00a0€ par projet",
            "Up to €5,000 per project",
        ),
        (
            "against.amount_apart",
            {"offered": "≤ 500,50\u00a0€", "wanted": "1\u202f000 – 2\u202f000\u00a0€"},
            "Les montants ne se rencontrent pas\u00a0: ≤ 500,50\u00a0€ proposés,"
            " 1\u202f000 – 2\u202f000\u00a0€ cherchés",
            "The amounts do not meet: ≤ €500.50 offered, €1,000 – €2,000 wanted",
        ),
        (
            "perimeter",
            {"of": "du Lot", "within": "Lot"},
            "Ouvert aux collectifs du Lot",
            "Open to citizen groups in Lot",
        ),
    ],
)
def test_reasons_speak_the_language_of_the_reader(code, params, french, english):
    with override("fr"):
        assert reasons.sentence(code, params) == french
    with override("en"):
        assert reasons.sentence(code, params) == english


# What is typed


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("cents", [500, 1250, 150_000, 150_050, 123_456_789])
def test_an_amount_that_a_form_shows_is_the_amount_that_it_reads(language, cents):
    field = EurosField()
    with override(language):
        assert field.clean(field.prepare_value(cents)) == cents


@pytest.mark.parametrize(
    ("language", "typed", "cents"),
    [("fr", "1,5", 150), ("fr", "1 500,50 €", 150_050), ("en", "€1,500", 150_000), ("en", "12,50", 1250)],
)
def test_amounts_are_read_as_the_language_writes_them(language, typed, cents):
    with override(language):
        assert EurosField().clean(typed) == cents


def test_people_are_counted_in_english_groups():
    with override("en"):
        assert CountField().clean("1,200") == 1200
