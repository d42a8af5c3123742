"""Free recipes: written and read as Markdown, imported with reasons, adapted elsewhere, followed with evidence."""

import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms import spreading
from cms.lineage import branch_of
from cms.models import RecipePage, Replication
from cms.recipe_import import NotAFolder, import_recipes
from cms.recipe_markdown import Unreadable, read, written
from cms.services import build_site, record_replication
from matching import events
from matching.catalogue.models import Need
from matching.catalogue.services import NeedFacts, publish, write_need
from matching.catalogue.vocabulary import load_themes
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Partnership
from tests.factories import make_offer
from tests.screens.conftest import signed_in

FOLDER = Path(settings.BASE_DIR) / "pcc" / "demo" / "recipes"
REPAIR = (FOLDER / "atelier-de-reparation-du-samedi.md").read_text(encoding="utf-8")
AT_SCHOOL = (FOLDER / "atelier-de-reparation-a-l-ecole.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(territories):
    load_themes()
    return build_site()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "recettes"
    place.mkdir()
    (place / "atelier-a-l-ecole.md").write_text(AT_SCHOOL, encoding="utf-8")
    (place / "atelier-de-reparation-du-samedi.md").write_text(REPAIR, encoding="utf-8")
    return place


@pytest.fixture
def recipe(site, folder):
    import_recipes(folder)
    return RecipePage.objects.get(slug="atelier-de-reparation-du-samedi")


def typed_in(form):
    """What a browser would send of it."""
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}


def faults_of(text):
    with pytest.raises(Unreadable) as told:
        read(text, name="essai")
    return [fault.where for fault in told.value.faults]


def test_every_demo_recipe_is_read_and_says_the_same_once_written(recipe):
    again = read(written(recipe), name=recipe.slug)
    assert again == read(REPAIR, name=recipe.slug)
    assert len(list(FOLDER.glob("*.md"))) >= 15
    for file in FOLDER.glob("*.md"):
        assert len(read(file.read_text(encoding="utf-8"), name=file.stem).steps) >= 4


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("licence: CC-BY-SA-4.0", "licence: CC-BY-NC-4.0", "licence"),
        ("licence: CC-BY-SA-4.0", "licence: CC BY-ND 4.0", "licence"),
        ("licence: CC-BY-SA-4.0", "licence: maison", "licence"),
        ("titre:", "autre:", "titre"),
        ("## Coups de main", "## Divers", "Coups de main"),
        ("  min: 150", "  min: 1500", "cout"),
        ("  min: 150", "  min: -3", "cout"),
        ("sorte: lieu", "sorte: château", "ingredients 1"),
        ("  - accès", "  - abusus", "ingredients 1"),
        ("version: '2'", "version: {a: b}", "version"),
    ],
)
def test_what_is_wrong_is_named_where_it_is(before, after, where):
    assert where in faults_of(REPAIR.replace(before, after))


@pytest.mark.parametrize(
    "text", ["", "Bonjour", "---\ntitre: [\n---\n", "---\n- a\n---\n", "---\n" + "a: &a [*a]\n---\n"]
)
def test_a_broken_head_is_told_in_words(text):
    assert faults_of(text)


def test_a_licence_that_forbids_to_sell_or_adapt_is_refused_with_the_reason():
    with pytest.raises(Unreadable, match="n’est pas libre"):
        read(REPAIR.replace("licence: CC-BY-SA-4.0", "licence: CC-BY-NC-SA-4.0"), name="essai")


def test_variants_find_their_parent_whatever_the_order_and_twice_changes_nothing(site, folder):
    report = import_recipes(folder)
    assert [line.outcome for line in report.lines] == ["created", "created"]
    child = RecipePage.objects.get(slug="atelier-a-l-ecole")
    assert child.parent.slug == "atelier-de-reparation-du-samedi"
    assert [line.outcome for line in import_recipes(folder).lines] == ["unchanged", "unchanged"]


def test_a_dry_run_writes_nothing(site, folder):
    assert import_recipes(folder, dry_run=True).count("created") == 2
    assert not RecipePage.objects.exists()


def test_what_an_editor_has_changed_is_left_alone(recipe, folder):
    recipe.intro = "Autrement dit."
    recipe.save_revision().publish()
    report = import_recipes(folder)
    assert [line.outcome for line in report.lines] == ["unchanged", "edited_here"]


def test_a_zip_is_read_and_its_broken_files_do_not_stop_the_others(site, folder, tmp_path):
    archive = tmp_path / "recettes.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for file in folder.iterdir():
            made.write(file, file.name)
        made.writestr("cassee.md", b"\xff\xfe")
        made.writestr("../dehors.md", REPAIR)
        made.writestr(
            "sans-parent.md", AT_SCHOOL.replace("parent: atelier-de-reparation-du-samedi", "parent: nulle-part")
        )
    outcomes = {line.name: line.outcome for line in import_recipes(archive).lines}
    assert outcomes == {
        "atelier-a-l-ecole.md": "created",
        "atelier-de-reparation-du-samedi.md": "created",
        "cassee.md": "refused",
        "sans-parent.md": "refused",
    }


def test_what_is_no_archive_says_so(tmp_path):
    broken = tmp_path / "a.zip"
    broken.write_bytes(b"PK nothing")
    with pytest.raises(NotAFolder):
        import_recipes(broken)


def test_the_page_its_markdown_and_its_data_are_there_for_anybody(recipe, client):
    page = client.get(recipe.url)
    assert page.status_code == 200
    assert b'"@type": "HowTo"' in page.content
    assert client.get(f"{recipe.url}markdown/").content.decode() == written(recipe)
    assert client.get("/recettes/").status_code == 200


def test_words_of_a_recipe_never_end_its_script(recipe, client):
    recipe.title = "</script><script>alert(1)</script>"
    recipe.save_revision().publish()
    assert b"<script>alert(1)" not in client.get(recipe.url).content


def test_a_parent_that_is_withdrawn_leaves_its_name(recipe, client):
    child = RecipePage.objects.get(slug="atelier-a-l-ecole")
    recipe.delete()
    page = client.get(child.url).content.decode()
    assert "Ouvrir un atelier de réparation le samedi" in page


def test_adapting_shows_what_exists_there_and_carries_the_rest_to_a_need(recipe, brest, bricoleuses, alice):
    make_offer(brest, title="Salle Watt", text="Une salle de plain-pied avec des prises et un évier, le samedi.")
    client = signed_in(alice)
    page = client.get(f"{recipe.url}adapter/", {"territory": "Brest (Finistère)", "territory_place": "commune-29019"})
    assert "Salle Watt" in page.content.decode()
    answer = client.post(
        f"{recipe.url}adapter/", {"territory": "Brest (Finistère)", "territory_place": "commune-29019"}, follow=True
    )
    form = answer.context["form"]
    assert form["origin"].value() == str(recipe.translation_key)
    assert recipe.title in form["title"].value()
    data = typed_in(form)
    data |= {"contribution": "Trois bénévoles", "territory": "29200", "action": "publish", "kinds": ["place"]}
    client.post(reverse("need_new", args=[bricoleuses.slug]), data)
    need = Need.objects.get()
    assert need.origin == recipe.translation_key
    assert spreading.spread_of(recipe).looking == 1


def test_a_recipe_that_does_not_exist_is_no_origin(recipe, bricoleuses, alice):
    client = signed_in(alice)
    address = reverse("need_new", args=[bricoleuses.slug])
    form = client.get(address).context["form"]
    data = typed_in(form) | {"title": "Une salle", "action": "save"}
    client.post(address, data | {"origin": "7d1e2c9a-5b1f-4c7e-9d7d-3f0d9a3a2b11"})
    assert Need.objects.get().origin is None


def test_only_what_is_confirmed_climbs_the_ladder(recipe, territories):
    def note(code, proof, **facts):
        where = territories["commune", code]
        return record_replication(
            recipe=recipe, territory=where, who=f"Groupe {code}", began=date(2024, 1, 1), proof=proof, **facts
        )

    for code in ("59512", "35238", "44109", "59350", "33063"):
        note(code, "")
    assert spreading.spread_of(recipe).rung.name == "isolated"
    assert len(spreading.spread_of(recipe).declared) == 5
    note("59512", "editor")
    spread = spreading.spread_of(recipe)
    assert (spread.rung.name, spread.places, spread.first_jump.who) == ("reproduced", 2, "Groupe 59512")
    for code in ("35238", "44109", "59350"):
        note(code, "editor")
    assert spreading.spread_of(recipe).rung.name == "spread"
    note("33063", "editor", programme="Plan local")
    assert spreading.spread_of(recipe).rung.name == "structuring"


def test_two_communes_that_merged_are_one_place(recipe, territories):
    old = territories["commune", "35238"]
    kept = territories["commune", "44109"]
    for where in (old, kept):
        record_replication(recipe=recipe, territory=where, who="Nous", began=date(2024, 1, 1), proof="editor")
    old.replaced_by = kept
    old.save()
    assert spreading.spread_of(recipe).places == 2


def test_survival_counts_those_that_answered(recipe, territories):
    today = timezone.localdate()
    began = today - timedelta(days=800)
    for code, facts in {
        "35238": {"alive_on": today},
        "44109": {"stopped_on": began + timedelta(days=500)},
        "59512": {},
    }.items():
        where = territories["commune", code]
        record_replication(recipe=recipe, territory=where, who=code, began=began, proof="editor", **facts)
    spread = spreading.spread_of(recipe)
    assert (spread.alive_12, spread.alive_24) == ((2, 2), (1, 2))


def test_a_signed_partnership_confirms_what_its_need_adapts(recipe, brest, bricoleuses, alice, bob):
    need = write_need(
        organisation=bricoleuses,
        person=alice,
        facts=NeedFacts(title="Une salle", origin=recipe.translation_key, territory=bricoleuses.territory),
    )
    publish(listing=need, person=None)
    draft = applications.begin(
        offer=make_offer(brest),
        applicant=bricoleuses,
        person=alice,
        need=need,
        facts=ApplicationFacts(title="Atelier"),
        form_key="7d1e2c9a-5b1f-4c7e-9d7d-3f0d9a3a2b12",
    )
    applications.file(application=draft, person=alice, filed={})
    applications.take_up(application=draft, person=bob)
    partnership = applications.accept(application=draft, person=bob, reason="Oui.")
    assert spreading.follow_agreement(partnership=partnership) is None
    partnership.signed_on = date(2026, 1, 5)
    partnership.state = "active"
    partnership.save()
    for _twice in range(2):
        events.partnership_changed.send(sender=Partnership, partnership=partnership, what="signed")
    row = Replication.objects.get()
    assert (row.proof, row.who, row.began) == ("agreement", bricoleuses.name, date(2026, 1, 5))


def test_the_page_of_its_spread_takes_as_many_queries_however_far_it_went(
    recipe, territories, django_assert_max_num_queries
):
    for number, code in enumerate(("35238", "44109", "59512", "59350", "33063", "69123")):
        where = territories["commune", code]
        record_replication(
            recipe=recipe, territory=where, who=f"Groupe {number}", began=date(2020 + number, 1, 1), proof="editor"
        )
    Client().get(f"{recipe.url}essaimage/")
    with django_assert_max_num_queries(14):
        page = Client().get(f"{recipe.url}essaimage/")
    assert "diffusée" in page.content.decode()
    assert len(branch_of(recipe).origins) == 2
    assert Client().get(f"{recipe.url}essaimage/tableau/").content.decode().count("\n") >= 7
