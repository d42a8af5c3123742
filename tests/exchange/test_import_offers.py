"""Offers on their way in: what is written, what is refused and why, what a second import leaves alone."""

from datetime import date

import pytest
from django.db import DatabaseError

from matching import events
from matching.catalogue.eligibility import written_rules
from matching.catalogue.models import Extent, Offer, Status
from matching.catalogue.rights import rights_of
from matching.catalogue.services import close, pause, write_offer
from matching.exchange import services
from matching.exchange.organisations import existing
from matching.exchange.services import import_offers
from matching.organisations.models import LegalForm, Organisation
from tests.exchange.conftest import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(world):
    """A complete offer of Brest."""
    return {
        "id": "salle-1",
        "organisation": world["brest"].slug,
        "title": "Salle <b>Watt</b>",
        "text": "Une salle claire.\nUne cuisine.",
        "kinds": ["place"],
        "subkind": "room",
        "themes": ["reemploi/reparation", "numerique"],
        "territory": {"level": "commune", "code": "29019"},
        "perimeter": {"level": "epci", "code": "242900314"},
        "capacity": 60.0,
        "starts": "2026-01-01",
        "ends": "2026-12-31",
        "rights": ["management"],
        "legal_forms": ["association", "informal"],
        "provides": "La salle.",
        "has_means": False,
        "expects": "Un rendez-vous.",
        "surface_m2": 95,
        "price": 12.5,
        "accessible": True,
        "url": None,
        "is_call": False,
        "amount_min": [],
    }


@pytest.fixture
def bring(settings_of):
    def bring_in(*records, **changes):
        return import_offers(rows=rows(*records), settings=settings_of(**changes))

    return bring_in


def only_refusal(report):
    [refusal] = report.refusals
    [fault] = refusal.faults
    assert fault.problem
    assert fault.mend
    return refusal.line, fault.column, fault.reason


def test_a_complete_offer_is_written_and_published(bring, record, world):
    report = bring(record)
    assert (report.read, report.imported, report.refusals) == (1, 1, [])
    offer = Offer.objects.get()
    assert offer.organisation == world["brest"]
    assert (offer.source, offer.external_id, offer.status) == ("essai", "salle-1", Status.PUBLISHED)
    assert (offer.title, offer.text) == ("Salle Watt", "Une salle claire.\nUne cuisine.")
    assert {theme.slug for theme in offer.themes.all()} == {"reemploi/reparation", "numerique"}
    assert (offer.territory.code, offer.perimeter.code) == ("29019", "242900314")
    assert (offer.ends, offer.has_means, offer.legal_forms) == (
        date(2026, 12, 31),
        False,
        ["association", "informal"],
    )
    [resource] = offer.resources.all()
    assert (resource.kind, resource.subkind, resource.capacity) == ("place", "room", 60)
    assert (resource.price, resource.accessible) == (1250, True)
    granted = {right for right, extent in rights_of(offer).extents.items() if extent == Extent.GRANTED}
    assert granted == {"access", "withdrawal", "management"}


def test_the_same_file_twice_changes_nothing(bring, record):
    bring(record)
    before = Offer.objects.values().get()
    report = bring(record)
    assert (report.imported, report.updated, report.unchanged) == (0, 0, 1)
    assert Offer.objects.values().get() == before
    assert Offer.history.count() == 1


def test_a_changed_row_is_updated_under_a_new_version(bring, record):
    bring(record)
    before = Offer.objects.get()
    report = bring({**record, "capacity": 80})
    after = Offer.objects.get()
    assert (report.imported, report.updated, report.unchanged) == (0, 1, 0)
    assert after.resources.get().capacity == 80
    assert after.version > before.version


@pytest.mark.parametrize(
    "change",
    [
        {"rights": ["access"]},
        {"themes": []},
        {"perimeter": None},
        {"title": "Autre"},
        {"legal_forms": []},
        {"kinds": ["place", "funding"], "amount_max": 100},
    ],
)
def test_every_kind_of_change_is_seen(bring, record, change):
    bring(record)
    assert bring({**record, **change}).updated == 1
    assert bring({**record, **change}).unchanged == 1


def test_a_dry_run_says_the_same_and_writes_nothing(bring, record):
    spoilt = {**record, "id": "b", "capacity": -1}
    named = {**record, "id": "c", "organisation": None, "funder": "Agence <b>nouvelle</b>"}
    tried = bring(record, spoilt, named, dry_run=True)
    assert Offer.objects.count() == 0
    assert not Organisation.objects.filter(source="essai").exists()
    done = bring(record, spoilt, named)
    assert (tried.imported, len(tried.refusals)) == (done.imported, len(done.refusals)) == (2, 1)
    assert tried.dry_run
    assert Offer.objects.count() == 2


def test_drafts_stay_drafts_until_an_import_publishes_them(bring, record):
    bring(record, publishes=False)
    assert Offer.objects.get().status == Status.DRAFT
    assert bring(record).updated == 1
    assert Offer.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize("verb", [pause, close])
def test_what_people_paused_or_closed_is_not_published_again(bring, record, verb):
    bring(record)
    verb(listing=Offer.objects.get())
    status = Offer.objects.get().status
    assert bring(record).unchanged == 1
    assert bring({**record, "title": "Autre"}).updated == 1
    assert Offer.objects.get().status == status


@pytest.mark.parametrize("status", ["draft", "paused", "closed", "published"])
def test_the_status_of_the_file_is_followed(bring, record, status):
    bring({**record, "status": status})
    assert Offer.objects.get().status == status
    assert bring({**record, "status": status}).unchanged == 1


def test_what_a_person_rewrote_here_is_left_as_it_is(bring, record, bob):
    bring(record)
    offer = Offer.objects.get()
    offer.title, offer._history_user = "Réécrit à l’écran", bob
    offer.save()
    assert bring(record).refused_by_reason == {"edited_here": 1}
    assert Offer.objects.get().title == "Réécrit à l’écran"


def test_a_person_who_only_publishes_does_not_stop_the_next_import(bring, record, bob):
    bring(record, publishes=False)
    offer = Offer.objects.get()
    offer.status, offer._history_user = Status.PUBLISHED, bob
    offer.save()
    assert bring({**record, "title": "Autre"}).updated == 1


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"id": None}, "id", "missing"),
        ({"id": "a\x00b"}, "id", "wrong_type"),
        ({"id": "\ud800"}, "id", "wrong_type"),
        ({"id": 12}, "id", "wrong_type"),
        ({"id": "a" * 121}, "id", "too_long"),
        ({"title": " "}, "title", "missing"),
        ({"title": 3}, "title", "wrong_type"),
        ({"text": "mot " * 25_000}, "text", "too_long"),
        ({"capacite": 3}, "capacite", "unknown_field"),
        ({"contribution": "des bras"}, "contribution", "unknown_field"),
        ({"kinds": [], "subkind": None}, "kinds", "missing"),
        ({"kinds": ["lieu"]}, "kinds", "unknown_value"),
        ({"kinds": "place"}, "kinds", "wrong_type"),
        ({"subkind": "grange"}, "subkind", "unknown_value"),
        ({"subkind": "grant"}, "subkind", "without_kind"),
        ({"amount_max": 100}, "amount_max", "without_kind"),
        ({"licence": "etalab-2.0"}, "licence", "without_kind"),
        ({"themes": ["reemploi/reparations"]}, "themes", "unknown_theme"),
        ({"themes": ["cuisine interstellaire"]}, "themes", "unknown_theme"),
        ({"territory": "29019"}, "territory", "wrong_type"),
        ({"territory": {"level": "commune"}}, "territory", "wrong_type"),
        ({"territory": {"level": "village", "code": "29019"}}, "territory", "unknown_value"),
        ({"territory": {"level": "commune", "code": 29019}}, "territory", "bad_place"),
        ({"territory": {"level": "commune", "code": "2901"}}, "territory", "bad_place"),
        ({"territory": {"level": "commune", "code": "29999"}}, "territory", "unknown_place"),
        ({"perimeter": {"level": "commune", "code": "46256"}}, "perimeter", "unknown_place"),
        ({"capacity": -3}, "capacity", "bad_number"),
        ({"capacity": 2.5}, "capacity", "bad_number"),
        ({"capacity": True}, "capacity", "wrong_type"),
        ({"capacity": "60"}, "capacity", "wrong_type"),
        ({"capacity": 10**400}, "capacity", "bad_number"),
        ({"price": float("inf")}, "price", "bad_number"),
        ({"price": float("nan")}, "price", "bad_number"),
        ({"price": 1e300}, "price", "bad_number"),
        ({"starts": "2026-02-30"}, "starts", "bad_date"),
        ({"starts": "01/02/2026"}, "starts", "bad_date"),
        ({"starts": 20260201}, "starts", "bad_date"),
        ({"starts": "2027-01-01"}, "starts", "order"),
        ({"opens": "2026-03-01", "closes": "2026-02-01"}, "opens", "order"),
        ({"rights": ["usage"]}, "rights", "unknown_value"),
        ({"legal_forms": ["association", "club"]}, "legal_forms", "unknown_value"),
        ({"status": "en ligne"}, "status", "unknown_value"),
        ({"accessible": "oui"}, "accessible", "wrong_type"),
        ({"url": "javascript:alert(1)"}, "url", "unknown_value"),
        ({"url": "data:text/html,x"}, "url", "unknown_value"),
        ({"organisation": "personne"}, "organisation", "unknown_organisation"),
        ({"organisation": None}, "organisation", "missing"),
        ({"organisation": "les-bricoleuses-du-port"}, "organisation", "wrong_side"),
    ],
)
def test_a_spoilt_row_is_told_and_the_others_go_through(bring, record, change, column, reason):
    good = {**record, "id": "autre"}
    report = bring({**record, **change}, good)
    assert only_refusal(report) == (1, column, reason)
    assert list(Offer.objects.values_list("external_id", flat=True)) == ["autre"]


def test_every_fault_of_a_row_is_told_at_once(bring, record):
    report = bring({**record, "capacity": -1, "starts": "hier", "themes": ["x"], "title": ""})
    [refusal] = report.refusals
    assert {fault.column for fault in refusal.faults} == {"capacity", "starts", "title"}


def test_a_near_word_is_proposed(bring, record):
    [refusal] = bring({**record, "themes": ["reemploi/reparations"]}).refusals
    assert "reemploi/reparation »" in refusal.faults[0].mend


def test_an_identifier_twice_in_a_file_names_the_first_line(bring, record):
    report = bring(record, {**record, "title": "Autre"})
    assert only_refusal(report) == (2, "id", "duplicate_id")
    assert "ligne 1" in report.refusals[0].faults[0].problem
    assert Offer.objects.get().title == "Salle Watt"


def test_another_organisation_may_not_take_an_offer_over(bring, record, territories):
    bring(record)
    other = Organisation.objects.create(
        side="authority", legal_form="public_body", name="CCAS", slug="ccas", territory=None
    )
    report = bring({**record, "organisation": other.slug})
    assert only_refusal(report) == (1, "organisation", "other_organisation")


def test_a_merged_commune_is_the_one_of_today(bring, record):
    assert bring({**record, "territory": {"level": "commune", "code": "93059"}}).imported == 1
    assert Offer.objects.get().territory.code == "93066"


def test_exotic_text_is_kept_and_dangerous_text_is_just_text(bring, record):
    text = '=HYPERLINK("http://x")\n@SUM(A1)\n<script>alert(1)</script>ميناء 🌊 Ke\u0301rinou\x00\u200b\ud800'
    bring({**record, "title": "=1+1", "text": text})
    offer = Offer.objects.get()
    assert offer.title == "=1+1"
    assert offer.text == '=HYPERLINK("http://x")\n@SUM(A1)\nميناء 🌊 Kérinou'


def test_a_long_title_is_cut_at_a_word_and_stands_whole_in_the_text(bring, record):
    title = "Accompagner " * 20
    report = bring({**record, "title": title})
    offer = Offer.objects.get()
    assert offer.title.endswith("Accompagner…")
    assert len(offer.title) <= 160
    assert offer.text.startswith(title.strip())
    assert report.flags["title_cut"] == 1
    assert bring({**record, "title": title}).unchanged == 1


def test_several_kinds_and_subkinds_share_out_the_facts(bring, record):
    bring(
        {
            **record,
            "kinds": ["place", "funding"],
            "subkind": ["room", "grant", "engineering"],
            "amount_max": 1500.5,
            "url": "https://exemple.fr/salle",
        }
    )
    facts = [(each.subkind, each.capacity, each.amount_max, each.url) for each in Offer.objects.get().resources.all()]
    assert facts == [
        ("room", 60, None, "https://exemple.fr/salle"),
        ("grant", None, 150_050, ""),
        ("engineering", None, 150_050, ""),
    ]


def test_the_subkind_alone_tells_the_kind(bring, record):
    bring({**record, "kinds": None})
    assert Offer.objects.get().kinds == ["place"]


def test_support_in_kind_is_flagged(bring, record):
    in_kind = {"id": "a", "organisation": record["organisation"], "title": "Conseil", "subkind": "engineering"}
    with_money = {**in_kind, "id": "b", "subkind": ["grant", "engineering"]}
    report = bring(in_kind, with_money)
    assert report.flags == {"in_kind": 1}
    assert Offer.objects.get(external_id="a").flags == ["in_kind"]


def test_offers_that_are_over_are_imported_and_counted(bring, record):
    report = bring(record, {**record, "id": "b", "ends": "2026-05-31"}, {**record, "id": "c", "closes": "2026-05-31"})
    assert (report.imported, report.over) == (3, 2)


def test_a_funder_that_is_an_authority_is_that_authority(bring, record, brest):
    named = {**record, "organisation": None, "funder": "Ville de Brest"}
    region = {**named, "id": "b", "funder": "Conseil régional de Bretagne"}
    assert bring(named, region).imported == 2
    assert Offer.objects.get(external_id="salle-1").organisation == brest
    bretagne = Offer.objects.get(external_id="b").organisation
    assert (bretagne.legal_form, bretagne.territory.code) == (LegalForm.REGION, "53")


def test_another_funder_is_made_once_as_a_public_body(bring, record):
    records = [{**record, "id": str(n), "organisation": None, "funder": "Agence de l’eau"} for n in range(3)]
    assert bring(*records).imported == 3
    agency = Organisation.objects.get(name="Agence de l’eau")
    assert (agency.legal_form, agency.is_verified, agency.offers.count()) == (LegalForm.PUBLIC_BODY, False, 3)
    assert bring(*records).unchanged == 3


def test_the_default_organisation_publishes_what_names_nobody(bring, record, brest):
    assert bring({**record, "organisation": None}, default=existing(brest)).imported == 1
    assert Offer.objects.get().organisation == brest


def test_a_row_that_the_database_refuses_leaves_nothing_behind(bring, record, monkeypatch):
    def failing(**told):
        offer = write_offer(**told)
        if offer.external_id == "b":
            raise DatabaseError("disk\nfull")
        return offer

    monkeypatch.setattr(services, "write_offer", failing)
    report = bring(record, {**record, "id": "b"}, {**record, "id": "c"})
    assert report.refused_by_reason == {"database": 1}
    assert set(Offer.objects.values_list("external_id", flat=True)) == {"salle-1", "c"}


def test_a_crash_in_the_middle_leaves_whole_rows(settings_of, record):
    def until_the_crash():
        yield from rows(*({**record, "id": str(n)} for n in range(150)))
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        import_offers(rows=until_the_crash(), settings=settings_of())
    assert Offer.objects.count() == 100
    assert all(offer.resources.count() == 1 for offer in Offer.objects.prefetch_related("resources"))
    report = import_offers(rows=rows(*({**record, "id": str(n)} for n in range(150))), settings=settings_of())
    assert (report.unchanged, report.imported) == (100, 50)


def test_progress_is_told_along_the_way(settings_of, record):
    told = []
    import_offers(
        rows=rows(*({**record, "id": str(n)} for n in range(120))),
        settings=settings_of(dry_run=True),
        progress=lambda report: told.append(report.read),
    )
    assert told == [100, 120]


def test_each_new_offer_tells_the_matcher_once_and_unchanged_ones_are_silent(bring, record):
    heard = []

    def listen(listing, **_):
        heard.append((listing.external_id, listing.is_published))

    events.listing_changed.connect(listen)
    try:
        bring(record)
        bring(record)
    finally:
        events.listing_changed.disconnect(listen)
    assert heard == [("salle-1", True)]


def test_a_second_import_asks_few_questions(bring, record, django_assert_max_num_queries):
    records = [{**record, "id": str(n)} for n in range(50)]
    bring(*records)
    with django_assert_max_num_queries(16):
        assert bring(*records).unchanged == 50


def test_conditions_come_along_and_a_second_import_leaves_them(bring, record):
    told = {"age": 12, "budget": 5000, "theme": ["nature"], "insurance": True, "de_minimis": False}
    record["conditions"] = told | {"firm": ["age", "legal_form"]}
    assert bring(record).imported == 1
    rules = written_rules(Offer.objects.get())
    assert [(rule.kind, rule.is_firm) for rule in rules] == [
        ("legal_form", True),
        ("theme", False),
        ("budget", False),
        ("age", True),
        ("insurance", False),
    ]
    assert rules[2].most_cents == 500_000
    assert bring(record).unchanged == 1
    del record["conditions"]
    assert bring(record).unchanged == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "douze mois",
        {"licorne": True},
        {"age": "douze"},
        {"age": -1},
        {"budget": "5000"},
        {"theme": ["licorne"]},
        {"audience": ["licorne"]},
        {"insurance": "oui"},
        {"firm": ["age"]},
    ],
)
def test_conditions_that_cannot_be_read_are_refused(bring, record, wrong):
    assert only_refusal(bring({**record, "conditions": wrong}))[1] == "conditions"


def test_a_whole_bundle_of_rights_comes_along(bring, record):
    told = {
        "preset": "shared",
        "domain": "public",
        "duration_months": 12,
        "decides": "Un comité",
        "revocable": "notice",
    }
    record["bundle"] = told
    assert bring(record).imported == 1
    held = rights_of(Offer.objects.get())
    assert (held.together_exclusion, held.authority_alienation) == (Extent.GRANTED, Extent.NO)
    assert (held.domain, held.duration_months, held.decides, held.revocable) == ("public", 12, "Un comité", "notice")
    assert bring(record).unchanged == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "tout",
        {"preset": "licorne"},
        {"licorne_access": "granted"},
        {"collective_access": "peut-être"},
        {"duration_months": -1},
        {"collective_exclusion": "granted"},
        {"authority_exclusion": "no"},
        {"domain": "public", "revocable": "firm"},
        {"domain": "public", "collective_alienation": "granted"},
    ],
)
def test_a_bundle_that_breaks_a_rule_is_refused(bring, record, wrong):
    assert only_refusal(bring({**record, "bundle": wrong, "rights": []}))[1] == "bundle"
