"""What people really send: nothing, far too much, signs from nowhere, amounts and dates that cannot be.

Every form answers with a page or a sentence, quickly, in French, and gives back what was typed.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django import forms
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.catalogue.models import Need, Offer
from matching.catalogue.texts import tidy
from matching.engine import Matcher
from matching.organisations.models import Membership, Organisation
from matching.partnerships.models import Message
from matching.people.models import Person
from matching.screens.collective.forms import NeedForm
from matching.screens.fields import TidyCharField
from matching.screens.member.forms import (
    CollectiveForm,
    FindAuthorityForm,
    FindOrganisationForm,
    PreferencesForm,
    StatementForm,
)
from matching.screens.officer.eligibility import EligibilityPart
from matching.screens.officer.forms import FORMS
from matching.screens.public.forms import NeedFilterForm, NeedSearchForm, OfferFilterForm, OrganisationFilterForm
from matching.screens.territory_field import TerritoryField
from matching.screens.threads.forms import DismissForm, MessageForm
from tests.factories import make_need, make_offer
from tests.screens.conftest import signed_in, suggest

# Seconds of work, however busy the machine is.
LONGEST = 2
BAD_TEXTS = {
    "nothing": "",
    "spaces": " \u00a0\u202f\u3000\u200b ",
    "one word": "salle",
    "one letter": "a",
    "100,000 signs": "salle du quartier " * 5_556,
    "100,000 signs without a space": "x" * 100_000,
    "NUL": "sal\x00le",
    "only NUL": "\x00\x00",
    "control characters": "sal\x07\x1b[31mle\x7f\x85\u2028",
    "lone surrogate": "sal\ud800le\udfff",
    "right to left": "\u202e\u2066salle\u2069 קהילה مجتمع",
    "combining marks": "a" + "\u0301\u0323" * 50_000,
    "one mark on nothing": "\u0301",
    "emoji and mathematical letters": "𝖘𝖆𝖑𝖑𝖊 👩‍👩‍👧‍👦 \U0010ffff \ufffe",
    "markup": "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>",
    "a template": "{{ 7|add:7 }}{% url 'desk' %}%(name)s %s {0}",
    "SQL": "' OR 1=1; DROP TABLE catalogue_offer; --",
    "lines": "une\r\nBcc: tous@exemple.fr\r\n\r\ndeux",
    "an impossible date": "31/02/2027",
    "a date too far": "9999-12-31",
    "year zero": "0000-00-00",
    "negative": "-1",
    "absurd": str(10**30),
    "beyond floats": "1e309",
    "a decimal comma": "12,5",
    "a space within": "1 000",
    "not a number": "NaN",
    "infinite": "-Infinity",
    "five thousand digits": "9" * 5_000,
    "other digits": "١٢٣",
    "a number to PostgreSQL": "2147483648",
    "an unknown code": "licorne",
    "an unknown place": "commune-99999",
    "somebody else’s uuid": "00000000-0000-4000-8000-000000000000",
    "a list": "['a', 'b']",
}
ENGLISH = ("This field", "Enter a", "Ensure this", "Select a valid", "not a valid", "Null characters")


@dataclass(frozen=True)
class Sheet:
    """A form where people meet it: who sends it where, and what a good answer holds."""

    form: type[forms.Form]
    address: str
    client: Client
    good: dict[str, object]
    method: str = "POST"
    # What the page calls it, and what its names begin with.
    shown: str = "form"
    prefix: str = ""
    # Names that say which page this is, not what somebody typed: always good.
    steers: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """Every name that the browser sends."""
        found = []
        for name, field in self.form.base_fields.items():
            found += [name, f"{name}_place"] if isinstance(field, TerritoryField) else [name]
            found += [f"{name}_{place}" for place in range(3)] if name == "themes" else []
        found = [f"{self.prefix}{name}" for name in found]
        return [*found, *(name for name in self.good if name not in (*found, *self.steers))]


@pytest.fixture(scope="module", autouse=True)
def engine_at_hand():
    """Loaded once by every server before its first request; its loading is no part of a request's time."""
    Matcher().fit([]).rank([])


@pytest.fixture
def sheets(brest, bricoleuses, bob, alice, charlie) -> dict[str, Sheet]:
    return sheets_of_publishing(brest, bricoleuses, bob, alice, charlie)


def sheets_of_publishing(brest, bricoleuses, bob, alice, charlie) -> dict[str, Sheet]:
    """The forms of publishing, finding and writing to each other; test_any_form holds the others."""
    offer, need = make_offer(brest, person=bob), make_need(bricoleuses, person=alice)
    pair = suggest(offer, need)
    officer, member, stranger, nobody = signed_in(bob), signed_in(alice), signed_in(charlie), Client()
    place = {"territory": "Brest (Finistère)", "territory_place": "commune-29019"}
    listing = {"title": "Une salle", "text": "Pour réparer des objets", "action": "publish", **place}
    offered = {**listing, "provides": "Des clés", "legal_forms": "informal", "collective_access": "granted"}
    needed = {**listing, "contribution": "Du temps", "kinds": "place", "rights": "access"}
    made = {
        f"offer of {kind}": Sheet(form, reverse("offer_new", args=[brest.slug, kind]), officer, offered)
        for kind, form in FORMS.items()
    }
    return made | {
        "offer changed": Sheet(FORMS["place"], reverse("offer_edit", args=[brest.slug, offer.uuid]), officer, offered),
        "need": Sheet(NeedForm, reverse("need_new", args=[bricoleuses.slug]), member, needed),
        "need changed": Sheet(NeedForm, reverse("need_edit", args=[bricoleuses.slug, need.uuid]), member, needed),
        "collective": Sheet(
            CollectiveForm, reverse("collective_new"), stranger, {"name": "Nous", "legal_form": "association", **place}
        ),
        "joining": Sheet(
            StatementForm, reverse("organisation_join", args=[bricoleuses.slug]), stranger, {"statement": "Bénévole"}
        ),
        "claiming": Sheet(
            StatementForm, reverse("authority_join", args=["commune", "44109"]), stranger, {"statement": "Élue"}
        ),
        "preferences": Sheet(
            PreferencesForm, reverse("preferences"), stranger, {"name": "C", "notify": "at_once", "language": "fr"}
        ),
        "message": Sheet(MessageForm, reverse("thread", args=[pair.uuid]), member, {"text": "Bonjour"}),
        "dismissal": Sheet(
            DismissForm, reverse("suggestion_dismiss", args=[pair.uuid]), member, {"reason": "place", "note": "Loin"}
        ),
        "search": Sheet(NeedSearchForm, reverse("public:find"), nobody, {"text": "une salle", **place}),
        "search by address": Sheet(NeedSearchForm, reverse("public:find"), nobody, {"text": "salle"}, "GET"),
        "carrying": Sheet(NeedSearchForm, reverse("public:carry"), nobody, {"text": "une salle", **place}),
        "offers": Sheet(OfferFilterForm, reverse("public:offers"), nobody, {"page": "1"}, "GET"),
        "needs": Sheet(NeedFilterForm, reverse("public:needs"), nobody, {"page": "1"}, "GET"),
        "organisations": Sheet(OrganisationFilterForm, reverse("public:organisations"), nobody, {"page": "1"}, "GET"),
        "finding a collective": Sheet(
            FindOrganisationForm, reverse("organisation_find"), stranger, {"q": "nous"}, "GET"
        ),
        "finding an authority": Sheet(FindAuthorityForm, reverse("authority_find"), stranger, {**place}, "GET"),
        "territories": Sheet(
            forms.Form,
            reverse("public:territories"),
            nobody,
            {"q": "bre", "field": "territory", "id": "id_territory", "territory": "bre", "place": ""},
            "GET",
        ),
    }


def fits(sheet: Sheet, data: dict[str, object]) -> bool:
    """Whether a server would pass it on: addresses are short, and a form below DATA_UPLOAD_MAX_MEMORY_SIZE."""
    length = len(urlencode(data, doseq=True, errors="surrogatepass"))
    return length < (8_000 if sheet.method == "GET" else django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def sent(sheet: Sheet, data: dict[str, object]):
    """The answer, as a browser would get it: lone surrogates included, nothing kept in the database."""
    form_key = {"form_key": str(uuid4())} if "form_key" in sheet.form.base_fields else {}
    steering = {name: sheet.good[name] for name in sheet.steers}
    body = urlencode({**form_key, **data, **steering}, doseq=True, errors="surrogatepass")
    begun = time.process_time()
    cache.clear()  # nobody sends so many forms by hand
    with transaction.atomic():
        if sheet.method == "GET":
            response = sheet.client.get(f"{sheet.address}?{body}")
        else:
            kind = "application/x-www-form-urlencoded"
            response = sheet.client.generic("POST", sheet.address, body, content_type=kind)
        transaction.set_rollback(True)
    assert time.process_time() - begun < LONGEST, f"{sheet.address} took too long"
    assert response.status_code in (200, 302), f"{sheet.address}: {response.status_code}"
    return response


def check_answer(response, sheet: Sheet, data: dict[str, object]) -> None:
    """A refusal speaks French and holds every text that was typed, even the good ones."""
    form = response.context.get(sheet.shown) if response.context else None
    if form is None or not form.is_bound or not form.errors:
        return
    html = unescape(response.content.decode())
    for messages in form.errors.values():
        for message in messages:
            assert message.strip()
            assert not any(words in message for words in ENGLISH), message
            assert message in html, message
    for name, field in form.fields.items():
        sent_as = f"{sheet.prefix}{name}"
        typed = data.get(sent_as)
        if isinstance(field, TidyCharField | TerritoryField) and isinstance(typed, str) and sent_as in form.data:
            kept = form.data[sent_as].replace("\r\n", "\n").strip("\n")
            assert kept in html.replace("\r\n", "\n"), f"{name} was lost"


def test_the_good_answers_are_good(sheets):
    """Else the tests below would try closed doors only."""
    for name, sheet in sheets.items():
        response = sent(sheet, sheet.good)
        form = response.context.get("form") if response.context else None
        assert form is None or not form.is_bound or not form.errors, f"{name}: {form.errors}"


def test_every_bad_text_in_every_field_at_once(sheets):
    for turn, sheet in enumerate(sheets.values()):
        for text in BAD_TEXTS.values():
            # The longest ones in some fields only, others each time: their answers are megabytes long.
            names = sheet.names() if len(text) < 10_000 else sheet.names()[turn % 6 :: 6]
            data = dict.fromkeys(names, text)
            if fits(sheet, data):
                check_answer(sent(sheet, data), sheet, data)


def test_every_field_alone(sheets):
    """The rest is good, so that the bad value meets the service and the database, not only its form."""
    texts = list(BAD_TEXTS.values())
    turn = 0
    for sheet in sheets.values():
        for field in sheet.names():
            for _text in range(2):
                # Every text in its turn: in the end each has been in fields of every sort.
                turn += 1
                data = {**sheet.good, field: texts[turn % len(texts)]}
                if fits(sheet, data):
                    check_answer(sent(sheet, data), sheet, data)


ANYTHING = st.one_of(
    st.sampled_from(list(BAD_TEXTS.values())),
    st.text(st.characters(), max_size=200),
    st.integers(-(10**31), 10**31).map(str),
    st.dates().map(str),
    st.floats().map(str),
    st.uuids().map(str),
)


# PCC_EXAMPLES=5000 looks further, and elsewhere each time; by itself the suite stays quick and the same.
EXAMPLES = int(os.environ.get("PCC_EXAMPLES", "0"))


def anything(few: int):
    """How many examples, and where from."""
    return settings(
        max_examples=EXAMPLES or few,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@anything(60)
@given(draw=st.data())
def test_anything_anywhere(sheets, draw):
    sheet = sheets[draw.draw(st.sampled_from(list(sheets)))]
    names = draw.draw(st.lists(st.sampled_from(sheet.names()), max_size=5, unique=True))
    data = {**sheet.good, **{field: draw.draw(ANYTHING, label=field) for field in names}}
    if fits(sheet, data):
        check_answer(sent(sheet, data), sheet, data)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(st.characters(), max_size=300))
def test_tidied_once_is_tidied_for_good(text):
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    assert "\x00" not in tidied
    tidied.encode()


def test_a_pile_of_marks_costs_no_more_than_other_texts():
    begun = time.process_time()
    tidied = tidy("a" + "\u0301\u0323" * 500_000 + "b")
    assert time.process_time() - begun < LONGEST
    assert tidied.endswith("b")
    assert len(tidied) < 50


def test_accents_of_many_languages_are_kept():
    for word in ("Kêr Anna", "Ðường Trần", "שָׁלוֹם", "नमस्ते", "ภาษาไทย", "e\u0301te\u0301"):
        assert tidy(word) == tidy(tidy(word))
        assert len(tidy(word)) >= len(word) - 2


def test_more_than_the_server_reads_is_refused_in_words(sheets):
    client = sheets["need"].client
    client.raise_request_exception = False
    body, kind = "title=" + "x" * 6_000_000, "application/x-www-form-urlencoded"
    response = client.generic("POST", sheets["need"].address, body, content_type=kind)
    assert response.status_code in (400, 413)


# --- Nothing but the listed fields; one click or two ---


EVERY_NAME = {
    field.attname if hasattr(field, "attname") else field.name
    for model in (Offer, Need, Organisation, Membership, Person, Message)
    for field in model._meta.get_fields()
} | {"organisation", "created_by", "person", "author", "side", "is_staff", "is_superuser", "groups"}


def snapshot(row) -> dict[str, object]:
    row.refresh_from_db()
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def changed(before: dict[str, object], after: dict[str, object]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.fixture
def everything(brest, charlie) -> dict[str, str]:
    """A value for every field of every model that a form might be tempted to take."""
    values = dict.fromkeys(EVERY_NAME, "1")
    return values | {
        "status": "published",
        "is_staff": "on",
        "is_superuser": "on",
        "organisation": str(brest.pk),
        "organisation_id": str(brest.pk),
        "created_by": str(charlie.pk),
        "created_by_id": str(charlie.pk),
        "verified_at": "2026-01-01",
        "confirmed_at": "2026-01-01",
        "published_at": "2020-01-01",
        "role": "owner",
        "email": "pris@exemple.fr",
        "uuid": str(uuid4()),
        "slug": "pris",
        "source": "table officielle",
        "side": "authority",
    }


def test_a_draft_changes_only_in_what_its_form_shows(everything, brest, bob):
    offer = make_offer(brest, person=bob, published=False)
    before = snapshot(offer)
    good = {"title": "Autre", "text": "Mots", "territory": "29200", "legal_forms": "informal", "provides": "Clés"}
    empty = dict.fromkeys(FORMS["place"].base_fields, "")
    data = {
        name: value for name, value in (everything | empty | good).items() if name not in EligibilityPart.base_fields
    }
    assert signed_in(bob).post(reverse("offer_edit", args=[brest.slug, offer.uuid]), data).status_code == 302
    ours = {"title", "text", "territory_id", "perimeter_id", "legal_forms", "provides", "has_means", "expects"}
    bookkeeping = {"version", "updated_at", "holds"}
    found = changed(before, snapshot(offer))
    assert "title" in found
    assert found <= ours | bookkeeping


def test_a_need_changes_only_in_what_its_form_shows(everything, bricoleuses, alice):
    need = make_need(bricoleuses, person=alice, published=False)
    before = snapshot(need)
    good = {"title": "Autre", "text": "Mots", "territory": "29200", "contribution": "Temps", "kinds": "data"}
    data = everything | dict.fromkeys(NeedForm.base_fields, "") | good
    del data["rights"]
    assert signed_in(alice).post(reverse("need_edit", args=[bricoleuses.slug, need.uuid]), data).status_code == 302
    ours = {"title", "text", "territory_id", "contribution", "wants_data", "wants_place", "capacity", "why"}
    bookkeeping = {"version", "updated_at", "holds"}
    found = changed(before, snapshot(need))
    assert "wants_data" in found
    assert found <= ours | bookkeeping


def test_a_new_collective_is_nothing_but_a_collective(everything, charlie, territories):
    data = everything | {"name": "Nous", "legal_form": "informal", "territory": "29200", "description": ""}
    data |= {"posture": "", "siret": "", "rna": "", "host": "", "form_key": str(uuid4())}
    assert signed_in(charlie).post(reverse("collective_new"), data).status_code == 302
    made = Organisation.objects.get(name="Nous")
    assert (made.side, made.source, made.external_id, made.slug, made.host) == ("collective", "", "", "nous", None)
    charlie.refresh_from_db()
    assert not charlie.is_staff


@pytest.mark.parametrize("form", ["commune", "epci", "departement", "region", "overseas", "public_body"])
def test_a_collective_takes_no_form_of_an_authority(charlie, territories, form):
    data = {"name": "Ville", "legal_form": form, "territory": "29200", "side": "authority"}
    assert signed_in(charlie).post(reverse("collective_new"), data).status_code == 200
    assert not Organisation.objects.exists()


def test_a_request_asks_for_nothing_but_to_be_heard(everything, charlie, bricoleuses):
    data = everything | {"statement": "Bénévole"}
    signed_in(charlie).post(reverse("organisation_join", args=[bricoleuses.slug]), data)
    asked = Membership.objects.get(person=charlie)
    assert (asked.role, asked.organisation) == ("member", bricoleuses)
    assert (asked.confirmed_at, asked.confirmed_by) == (None, None)


def test_preferences_change_what_they_show(everything, charlie):
    client = signed_in(charlie)
    before = snapshot(charlie)
    chosen = {"name": "Autre", "notify": "never", "language": "en", "any_hour": "on", "time_zone": "Indian/Reunion"}
    data = everything | chosen
    client.post(reverse("preferences"), data)
    assert changed(before, snapshot(charlie)) == set(chosen)


def test_a_message_is_its_authors_and_its_sides(everything, sheets, alice, bob):
    data = everything | {"text": "Bonjour", "form_key": str(uuid4()), "side": "offer", "author": str(bob.pk)}
    assert sheets["message"].client.post(sheets["message"].address, data).status_code == 302
    message = Message.objects.get()
    assert (message.author, message.side, message.read_at) == (alice, "need", None)


def count_of(model) -> Callable[[], int]:
    return lambda: model.objects.count()


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("offer of place", Offer),
        ("offer of data", Offer),
        ("need", Need),
        ("collective", Organisation),
        ("message", Message),
        ("joining", Membership),
        ("claiming", Membership),
    ],
)
def test_sent_twice_it_is_written_once(sheets, name, model):
    sheet, count = sheets[name], count_of(model)
    before = count()
    data = {**sheet.good, "form_key": str(uuid4())}
    answers = [sheet.client.post(sheet.address, data) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert count() == before + 1


def test_dismissed_twice_is_dismissed_once(sheets):
    sheet = sheets["dismissal"]
    answers = [sheet.client.post(sheet.address, sheet.good) for _click in range(2)]
    assert answers[0].url == answers[1].url


def test_a_key_of_another_conversation_opens_and_breaks_nothing(sheets, brest, bricoleuses):
    key = str(uuid4())
    sheet = sheets["message"]
    sheet.client.post(sheet.address, {"text": "Bonjour", "form_key": key})
    other = suggest(make_offer(brest), make_need(bricoleuses))
    response = sheet.client.post(reverse("thread", args=[other.uuid]), {"text": "Encore", "form_key": key})
    assert response.status_code in (302, 403)
    assert not Message.objects.filter(suggestion=other, text="Bonjour").exists()
