"""Somebody means harm: scripts in every text, addresses to harvest, redirects away, roles that nobody gave."""

import re
from email import message_from_bytes, policy
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.services import build_site, write_story
from matching.catalogue.models import Offer, Status
from matching.catalogue.permissions import may_change, may_follow, may_see
from matching.catalogue.services import ResourceFacts, pause, publish
from matching.notices.services import note, send_due_notices, stop_token
from matching.organisations.models import Membership, Organisation, Role
from matching.organisations.services import (
    NotAllowed,
    authority_of,
    confirm_membership,
    create_collective,
    end_membership,
    refuse_membership,
    request_membership,
)
from matching.partnerships.services import send_message
from tests.factories import make_need, make_offer, make_person
from tests.screens.conftest import join, signed_in, suggest

PAYLOAD = "<xss onload=alert(1)>\"'><xss x='{{7*7}}'>{% now %}%(x)s&lt;"
# What no page may hold as markup, in a text or in an attribute.
MARKUP = re.compile(r"<xss\b")
HOSTILE_NAME = f"Zoé {PAYLOAD}"


class Links(HTMLParser):
    """The addresses that a page leads to, and every attribute that would run or load something."""

    def __init__(self):
        super().__init__()
        self.found, self.faults = set(), []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc") or tag in ("xss", "iframe", "object", "base"):
                self.faults.append(f"<{tag} {name}={value}>")
            if name in ("href", "action", "src", "formaction"):
                if urlsplit(value or "").scheme not in ("", "http", "https"):
                    self.faults.append(f"<{tag} {name}={value}>")
                if name == "href" and tag == "a":
                    self.found.add(value or "")


def crawl(client, starts, limit=150):
    """(address, HTML) of every page that can be reached by links; forms are not sent."""
    waiting, seen = list(starts), set(starts)
    while waiting and len(seen) <= limit + len(waiting):
        address = waiting.pop(0)
        response = client.get(address, follow=True)
        assert response.status_code < 500
        if "text/html" not in response.headers.get("Content-Type", "text/html"):
            continue
        html = response.content.decode()
        yield address, html
        links = Links()
        links.feed(html)
        for url in sorted(links.found):
            parts = urlsplit(url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            dull = ("/en/", "/compte/deconnexion", "/compte/logout", "/territoires/")
            if not parts.netloc and path.startswith("/") and not path.startswith(dull) and path not in seen:
                seen.add(path)
                waiting.append(path)


@pytest.fixture
def hostile(brest, bricoleuses, bob, alice, charlie, staff, territories):
    """Every text that people may write holds a script; every address is one to look for on the pages."""
    build_site()
    people = {}
    for name, person in {"bob": bob, "alice": alice, "charlie": charlie}.items():
        person.name, person.email = HOSTILE_NAME, f"canari-{name}@piege.example"
        person.save()
        people[name] = person
    nameless = make_person("sans-nom-canari@piege.example", "")
    join(nameless, bricoleuses, Role.MEMBER)
    Organisation.objects.filter(pk=bricoleuses.pk).update(name=f"Nous {PAYLOAD}", description=PAYLOAD)
    collective = create_collective(
        person=alice,
        name=PAYLOAD,
        legal_form="association",
        territory=territories["commune", "29019"],
        description=PAYLOAD,
        host=bricoleuses,
    )
    texts = {"title": PAYLOAD, "text": PAYLOAD}
    place = ResourceFacts(
        kind="place", subkind="room", capacity=60, address=PAYLOAD, equipment=PAYLOAD, opening=PAYLOAD
    )
    data = ResourceFacts(kind="data", formats=PAYLOAD, url=f"https://exemple.fr/{PAYLOAD}")
    offers = [
        make_offer(brest, person=bob, resource=resource, provides=PAYLOAD, expects=PAYLOAD, **texts)
        for resource in (place, data)
    ]
    make_offer(brest, person=bob, published=False, **texts)
    need = make_need(
        bricoleuses,
        person=alice,
        why=PAYLOAD,
        data_subject=PAYLOAD,
        contribution=PAYLOAD,
        kinds=["place", "data"],
        **texts,
    )
    reason = {"code": "words", "params": {"words": [PAYLOAD, "salle"]}}
    pair = suggest(offers[0], need, need_reasons=[reason], offer_reasons=[reason])
    for side, author in (("need", alice), ("offer", bob), ("need", nameless)):
        send_message(suggestion=pair, side=side, author=author, text=f"Bonjour {PAYLOAD}", form_key=uuid4())
    for organisation in (brest, bricoleuses):
        request_membership(person=charlie, organisation=organisation, statement=PAYLOAD)
    write_story(
        slug="une-reussite",
        title=f"Une réussite {PAYLOAD}",
        intro=PAYLOAD,
        when=timezone.localdate(),
        rests_on="declared",
        territory=territories["commune", "29019"],
        authority=brest,
        collective=collective,
        body=[
            {"type": "paragraph", "value": f"<p>Lu {escape(PAYLOAD)}</p>"},
            {"type": "quote", "value": {"text": PAYLOAD, "who": PAYLOAD}},
        ],
    )
    return {**people, "nameless": nameless, "staff": staff, "pair": pair, "offers": offers, "need": need}


def starts_of(hostile):
    """The front page, the lists, the desks, and what only a form leads to."""
    offer, need, pair = hostile["offers"][0], hostile["need"], hostile["pair"]
    names = ("desk", "threads", "preferences", "publish_need", "member_start", "organisation_find", "authority_find")
    return [
        "/",
        *(reverse(f"public:{name}") for name in ("find", "offers", "needs", "organisations", "territories")),
        *(reverse(name) for name in names),
        f"{reverse('public:find')}?text=salle&territory=Brest",
        f"{reverse('organisation_find')}?q=a",
        reverse("thread", args=[pair.uuid]),
        reverse("suggestion_dismiss", args=[pair.uuid]),
        *(reverse(f"offer_{page}", args=[offer.organisation.slug, offer.uuid]) for page in ("desk", "edit", "history")),
        *(reverse(f"need_{page}", args=[need.organisation.slug, need.uuid]) for page in ("desk", "edit", "history")),
        *(reverse("members", args=[listing.organisation.slug]) for listing in (offer, need)),
    ]


@pytest.mark.parametrize("who", ["nobody", "charlie", "alice", "bob"])
def test_texts_are_words_and_addresses_are_nowhere(hostile, who):
    """Every page this person can reach: no markup of others, no address of others."""
    person = hostile.get(who)
    client = signed_in(person)
    strangers = [other.email for name, other in hostile.items() if name in ("bob", "alice", "charlie") and name != who]
    pages, faults = 0, []
    for address, html in crawl(client, starts_of(hostile)):
        pages += 1
        links = Links()
        links.feed(html)
        if MARKUP.search(html) or links.faults:
            faults.append(f"{address}: {links.faults or MARKUP.search(html)}")
        shown = unescape(html)
        faults += [f"{address}: {email}" for email in [*strangers, "sans-nom-canari@"] if email in shown]
        if who != "alice" and "sans-nom-canari" in shown:
            faults.append(f"{address}: a part of an address stands for a name")
    assert faults == []
    assert pages > 12


def test_the_payload_is_shown_as_it_was_written(hostile):
    """Else the test above would pass on empty pages."""
    html = Client().get(reverse("public:offers")).content.decode()
    assert "&lt;xss onload=alert(1)&gt;" in html
    assert "{{7*7}}" in html
    thread = signed_in(hostile["bob"]).get(reverse("thread", args=[hostile["pair"].uuid])).content.decode()
    assert thread.count("Bonjour &lt;xss") == 3


@pytest.mark.parametrize(
    "start", ["/gestion/suggestions/suggestion/", "/gestion/", "/redaction/users/", "/redaction/pages/", "/redaction/"]
)
def test_the_administrations_show_words_too(hostile, start):
    response = signed_in(hostile["staff"]).get(start, follow=True)
    assert response.status_code == 200
    assert not MARKUP.search(response.content.decode())


# --- Mails ---

NASTY = [
    "Nous\r\nBcc: victime@exemple.fr",
    "Nous\nContent-Type: text/html\n\n<b>",
    "Nous\u2028Bcc: victime@exemple.fr",
    "Nous\x0bBcc: victime@exemple.fr\x85",
    "=?utf-8?q?Bcc=3A_victime=40exemple=2Efr?=",
    "Nous\x01\u202e",
    PAYLOAD,
    "é" * 160,
]


@pytest.mark.parametrize("nasty", NASTY)
def test_a_mail_has_one_reader_and_our_headers_only(hostile, settings, nasty):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    pair, alice, bob, charlie = (hostile[name] for name in ("pair", "alice", "bob", "charlie"))
    Organisation.objects.update(name=nasty[:160])
    for listing in (hostile["need"], *hostile["offers"]):
        type(listing).objects.filter(pk=listing.pk).update(title=nasty[:160])
    for person in (alice, charlie):
        person.name = nasty[:120]
        person.save()
    send_message(suggestion=pair, side="need", author=alice, text=nasty, form_key=uuid4())
    note(people=[bob], kind="suggestions", subject=f"offer:{pair.offer_id}")
    mail.outbox.clear()
    send_due_notices()
    assert mail.outbox
    for sent in mail.outbox:
        raw = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
        assert {name.lower() for name in raw} <= {
            *("content-type", "mime-version", "subject", "from", "to", "date", "message-id"),
            *("list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
        }
        assert raw["To"] == sent.to[0]
        assert len(sent.recipients()) == 1
        assert "\n" not in raw["Subject"]
        html = raw.get_body(("html",)).get_content()
        plain = raw.get_body(("plain",)).get_content()
        assert not MARKUP.search(html)
        for person in (alice, bob, charlie):
            if person.email != sent.to[0]:
                assert person.email not in html + plain
                assert person.email not in raw["From"]


# --- Addresses that lead away, and what a browser is told ---

AWAY = [
    "https://mechant.example/",
    "//mechant.example",
    "/\\mechant.example",
    "javascript:alert(1)",
    "\thttps://mechant.example",
]


@pytest.mark.parametrize("away", AWAY)
def test_nobody_is_sent_away(charlie, db, away):
    client = Client()
    data = {"login": charlie.email, "password": "motdepasse-long", "next": away}
    response = client.post(f"{reverse('account_login')}?next={away}", data)
    assert response.status_code == 302
    assert response.url == reverse("desk")
    response = client.post(reverse("account_logout"), {"next": away}, headers={"referer": away})
    assert response.status_code == 302
    assert response.url == "/"


@pytest.mark.parametrize(
    "path", ["//mechant.example/", "/%5Cmechant.example/", "/%2F%2Fmechant.example/%2e%2e", "/en//mechant.example"]
)
def test_the_other_language_is_here_too(client, db, path):
    response = client.get("/", PATH_INFO=unquote(path))
    assert response.status_code in (301, 302, 404)
    if response.status_code != 404:
        assert not response.url.startswith(("//", "/\\", "http"))
    links = Links()
    links.feed(response.content.decode())
    assert not [url for url in links.found if url.startswith(("//", "/\\")) or "://mechant" in url]


@pytest.mark.parametrize("host", ["mechant.example", "localhost.mechant.example", "localhost:80@mechant.example"])
def test_another_host_is_refused(client, db, host):
    assert client.get(reverse("public:method"), headers={"host": host}).status_code == 400


def test_a_mail_of_a_forgotten_password_names_our_host_only(client, charlie, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answer = client.post(
        reverse("account_reset_password"), {"email": charlie.email}, headers={"x-forwarded-host": "mechant.example"}
    )
    assert answer.status_code == 302
    assert "mechant" not in mail.outbox[-1].body


def test_every_post_needs_the_token_of_its_page(hostile):
    client = Client(enforce_csrf_checks=True)
    client.force_login(hostile["bob"])
    offer, pair = hostile["offers"][0], hostile["pair"]
    slug = offer.organisation.slug
    membership = Membership.objects.waiting().get(organisation__slug=slug)
    # A search writes nothing: its page, the same for every stranger, holds no secret.
    for address in (
        reverse("public:carry"),
        reverse("collective_new"),
        reverse("authority_join", args=["commune", "29019"]),
        reverse("organisation_join", args=[slug]),
        reverse("request_withdraw", args=[slug]),
        reverse("switch_organisation"),
        reverse("preferences"),
        reverse("member_decide", args=[slug, membership.pk]),
        reverse("offer_new", args=[slug, "place"]),
        reverse("offer_edit", args=[slug, offer.uuid]),
        reverse("offer_status", args=[slug, offer.uuid]),
        reverse("thread", args=[pair.uuid]),
        reverse("suggestion_interested", args=[pair.uuid]),
        reverse("suggestion_dismiss", args=[pair.uuid]),
        reverse("account_login"),
        reverse("account_logout"),
    ):
        assert client.post(address, {"action": "close", "next": "/"}).status_code == 403, address
    assert (
        Client(enforce_csrf_checks=True).post(reverse("unsubscribe", args=[stop_token(hostile["bob"])])).status_code
        == 200
    )


def test_a_token_stops_the_mails_of_its_person_and_of_nobody_else(client, alice, bob):
    token = stop_token(alice)
    for wrong in (token[:-1], token + "x", token.replace(alice.uuid.hex, bob.uuid.hex), alice.uuid.hex):
        assert client.post(reverse("unsubscribe", args=[wrong])).status_code == 404
    bob.refresh_from_db()
    assert bob.notify == "at_once"


PUBLIC = [f"public:{name}" for name in ("find", "offers", "needs", "organisations", "territories", "method")]


@pytest.mark.parametrize("path", [*PUBLIC, "account_login", "account_signup", "desk", "/nulle-part/"])
def test_what_the_browser_is_told(client, db, path):
    response = client.get(path if path.startswith("/") else reverse(path))
    if path != "desk":
        policy_sent = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy_sent
        assert "unsafe" not in policy_sent
        assert "*" not in policy_sent
        assert {"base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"} <= set(policy_sent.split("; "))
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_kept_from_scripts_and_from_other_sites(client, charlie, settings):
    client.post(reverse("account_login"), {"login": charlie.email, "password": "motdepasse-long"})
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    client.get(reverse("account_email"))
    assert client.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_SECURE == settings.CSRF_COOKIE_SECURE == settings.HTTPS


# --- Roles that nobody gave ---


@pytest.fixture
def roubaix(territories):
    """An authority that nobody has claimed."""
    return authority_of(territory=territories["commune", "59512"])


def test_the_first_claimant_is_not_confirmed_by_themselves(roubaix, charlie):
    membership = request_membership(person=charlie, organisation=roubaix, statement="Maire")
    assert not membership.is_confirmed
    with pytest.raises(NotAllowed):
        confirm_membership(membership=membership, by=charlie)
    client = signed_in(charlie)
    decide = reverse("member_decide", args=[roubaix.slug, membership.pk])
    for action in ("confirm", "role", "end", "refuse"):
        assert client.post(decide, {"action": action, "role": "owner"}).status_code == 404
    membership.refresh_from_db()
    assert not membership.is_confirmed
    roubaix.refresh_from_db()
    assert not roubaix.is_verified


def test_two_claimants_do_not_confirm_each_other(roubaix, charlie, alice):
    for person, other in ((charlie, alice), (alice, charlie)):
        request_membership(person=person, organisation=roubaix)
        membership = request_membership(person=other, organisation=roubaix)
        with pytest.raises(NotAllowed):
            confirm_membership(membership=membership, by=person)


def test_somebody_waiting_publishes_nothing_and_mails_nobody(roubaix, charlie, bricoleuses, alice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    request_membership(person=charlie, organisation=roubaix, statement="Maire")
    client = signed_in(charlie)
    data = {"title": "Piège", "text": "Une salle", "territory": "59100", "provides": "Rien", "legal_forms": "informal"}
    client.post(reverse("offer_new", args=[roubaix.slug, "place"]), {**data, "action": "publish"})
    offer = Offer.objects.get()
    assert offer.status == Status.WAITING
    page = reverse("public:offer", args=[offer.uuid, offer.slug])
    assert Client().get(page).status_code == 404
    assert "Piège" not in Client().get(reverse("public:offers")).content.decode()
    pair = suggest(offer, make_need(bricoleuses, person=alice))
    for name in ("thread", "suggestion_interested", "suggestion_dismiss"):
        data = {"text": "Bonjour", "form_key": str(uuid4()), "reason": "place"}
        assert client.post(reverse(name, args=[pair.uuid]), data).status_code == 404
    for action in ("publish", "pause", "publish"):
        client.post(reverse("offer_status", args=[roubaix.slug, offer.uuid]), {"action": action})
    offer.refresh_from_db()
    assert offer.status == Status.WAITING
    send_due_notices()
    assert [sent.to for sent in mail.outbox if alice.email in sent.to] == []


def test_whoever_is_confirmed_as_a_reader_has_published_nothing(brest, charlie, bob):
    membership = join(charlie, brest, Role.MEMBER, confirmed=False)
    offer = make_offer(brest, person=charlie, published=False)
    publish(listing=offer, person=charlie)
    confirm_membership(membership=membership, by=bob, role=Role.READER)
    offer.refresh_from_db()
    assert offer.status == Status.WAITING


def test_whoever_is_confirmed_sees_theirs_appear(brest, charlie, bob):
    membership = join(charlie, brest, Role.MEMBER, confirmed=False)
    offer = make_offer(brest, person=charlie, published=False)
    publish(listing=offer, person=charlie)
    confirm_membership(membership=membership, by=bob)
    offer.refresh_from_db()
    assert offer.status == Status.PUBLISHED


def test_a_reader_changes_nothing(brest, charlie, room, pair):
    join(charlie, brest, Role.READER)
    client = signed_in(charlie)
    before = Offer.objects.filter(pk=room.pk).values().get()
    for name in ("offer_edit", "offer_status"):
        data = {"title": "Pris", "text": "Pris", "action": "close", "legal_forms": "informal"}
        assert client.post(reverse(name, args=[brest.slug, room.uuid]), data).status_code == 404
    assert client.post(reverse("offer_new", args=[brest.slug, "place"]), {"title": "Pris"}).status_code == 404
    assert Offer.objects.filter(pk=room.pk).values().get() == before


@pytest.mark.parametrize("asks_again", [False, True])
def test_whoever_is_removed_loses_everything_at_once(brest, bob, charlie, asks_again):
    membership = join(charlie, brest, Role.MEMBER)
    draft = make_offer(brest, person=charlie, published=False)
    published = make_offer(brest, person=charlie)
    paused = pause(listing=make_offer(brest, person=charlie))
    client = signed_in(charlie)
    addresses = {
        listing: [
            reverse("public:offer", args=[listing.uuid, listing.slug]),
            *(reverse(f"offer_{page}", args=[brest.slug, listing.uuid]) for page in ("desk", "edit", "history")),
        ]
        for listing in (draft, published, paused)
    }
    assert {client.get(url).status_code for urls in addresses.values() for url in urls} == {200}
    end_membership(membership=membership, by=bob)
    if asks_again:
        request_membership(person=charlie, organisation=brest, statement="Encore moi")
    for listing, urls in addresses.items():
        found = [client.get(url).status_code for url in urls]
        assert found == [200 if listing == published else 404, 404, 404, 404]
        status = reverse("offer_status", args=[brest.slug, listing.uuid])
        assert client.post(status, {"action": "close"}).status_code == 404
        assert not may_change(charlie, listing)
        assert not may_follow(charlie, listing)
        assert may_see(charlie, listing) == (listing == published)
    assert client.get(reverse("members", args=[brest.slug])).status_code == 404
    desk = client.get(reverse("desk_of", args=[brest.slug]))
    assert desk.status_code == (200 if asks_again else 404)
    assert draft.title not in desk.content.decode()


def test_what_an_owner_published_is_no_longer_the_waiting_ones(brest, charlie):
    join(charlie, brest, Role.MEMBER, confirmed=False)
    offer = make_offer(brest, person=charlie, published=False)
    assert may_change(charlie, offer)
    offer = publish(listing=offer, person=None)
    assert not may_change(charlie, offer)
    assert not may_follow(charlie, offer)


def test_whoever_is_refused_loses_their_drafts(brest, bob, charlie):
    membership = join(charlie, brest, Role.MEMBER, confirmed=False)
    draft = make_offer(brest, person=charlie, published=False)
    assert may_see(charlie, draft)
    refuse_membership(membership=membership, by=bob)
    assert not may_see(charlie, draft)


def test_an_authority_has_no_second(brest, territories, charlie):
    commune = territories["commune", "29019"]
    assert authority_of(territory=commune) == brest
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(
            side="authority", legal_form="commune", name="Brest", slug="faux-brest", territory=commune
        )
    data = {"name": "Brest", "legal_form": "commune", "territory": "29200", "side": "authority"}
    signed_in(charlie).post(reverse("collective_new"), data)
    assert Organisation.objects.authorities().count() == 1


def test_each_side_publishes_its_own_kind_only(brest, bricoleuses, bob, alice):
    data = {"title": "T", "text": "T", "territory": "29200", "legal_forms": "informal", "contribution": "C"}
    assert signed_in(alice).post(reverse("offer_new", args=[bricoleuses.slug, "place"]), data).status_code == 404
    assert signed_in(bob).post(reverse("need_new", args=[brest.slug]), data).status_code == 404
