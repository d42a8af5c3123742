"""The figures of an organisation: what is counted, what is held back, and what a spreadsheet may not calculate."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from matching.organisations.services import create_collective
from matching.screens import charts
from matching.screens.sheets import sheet
from matching.suggestions.figures import ENOUGH_ANSWERS, ENOUGH_GROUPS, figures_of
from matching.suggestions.models import Decision, Suggestion
from tests.factories import make_need, make_offer
from tests.screens.conftest import matched, signed_in, suggest
from tests.screens.test_suggestions import said

pytestmark = pytest.mark.django_db


def decide(suggestion, side, act, *, after, reason=""):
    """An answer of that side, so long after the suggestion was made."""
    outcome = {"interested": "accepted", "dismissed": "declined"}[act]
    return Decision.objects.create(
        offer=suggestion.offer,
        need=suggestion.need,
        side=side,
        act=act,
        outcome=outcome,
        reason=reason,
        propensity=1.0,
        matcher_version="essai",
        at=suggestion.created_at + after,
    )


@pytest.fixture
def pairs(room, bricoleuses):
    """Six suggestions of one room."""
    return [suggest(room, make_need(bricoleuses, title=f"Besoin {number}")) for number in range(6)]


def answered(pairs, hours):
    """Each collective came first; Brest answered after so many hours."""
    for pair, delay in zip(pairs, hours, strict=False):
        decide(pair, "need", "interested", after=timedelta(0))
        decide(pair, "offer", "interested", after=timedelta(hours=delay))


# What is counted


def test_the_median_is_that_of_first_answers_to_those_who_came_first(brest, pairs):
    answered(pairs, [2, 4, 30, 50, 90])
    # A change of mind is no second answer; where Brest spoke first, nobody waited for it.
    decide(pairs[0], "offer", "dismissed", after=timedelta(days=40), reason="dates")
    decide(pairs[5], "offer", "interested", after=timedelta(0))
    decide(pairs[5], "need", "interested", after=timedelta(hours=1))
    answers = figures_of(brest, localdate()).answers
    assert answers.median == timedelta(hours=30)
    assert (answers.interested, answers.dismissed, answers.reasons) == (5, 1, (("dates", 1),))
    assert answers.waiting == 0


def test_too_few_answers_have_no_median(brest, pairs):
    answered(pairs, [2] * (ENOUGH_ANSWERS - 1))
    decide(pairs[5], "need", "interested", after=timedelta(0))
    answers = figures_of(brest, localdate()).answers
    assert (answers.median, len(answers.delays), answers.waiting) == (None, ENOUGH_ANSWERS - 1, 1)


def test_twelve_months_and_no_more(brest, pairs):
    today = localdate()
    assert figures_of(brest, today).months[-1].found == len(pairs)
    Suggestion.objects.filter(pk=pairs[0].pk).update(created_at=timezone.now() - timedelta(days=400))
    Suggestion.objects.filter(pk=pairs[1].pk).update(proposed_at=timezone.now(), proposed_from="need", propensity=None)
    Suggestion.objects.filter(pk=pairs[2].pk).update(need_state="interested", offer_state="interested")
    figures = figures_of(brest, today)
    assert (figures.found, figures.by_people, figures.shared) == (5, 1, 1)
    assert len(figures.months) == 12
    assert figures.months[-1].first_day == today.replace(day=1)


def unmet_needs(person, territory, theme, groups):
    """As many needs of as many collectives, read by the matcher, answered by nothing."""
    for number in range(groups):
        group = create_collective(person=person, name=f"{theme} {number}", legal_form="informal", territory=territory)
        matched(make_need(group, themes=[theme]))


@pytest.fixture
def theme():
    from matching.catalogue.models import Theme

    parent = Theme.objects.create(slug="culture", name_fr="Culture", name_en="Culture")
    return Theme.objects.create(slug="culture/danse", parent=parent, name_fr="Danse", name_en="Dance")


@pytest.mark.parametrize(("groups", "told"), [(ENOUGH_GROUPS - 1, None), (ENOUGH_GROUPS, ENOUGH_GROUPS)])
def test_few_groups_are_never_counted(alice, brest, theme, territories, groups, told):
    unmet_needs(alice, brest.territory, theme, groups)
    figures = figures_of(brest, localdate())
    assert [(row.what.slug, row.needs) for row in figures.themes] == [("culture", told)]
    assert [(row.what, row.needs) for row in figures.territories] == [(brest.territory, told)]


def test_a_need_with_something_to_look_at_or_not_read_yet_is_not_unmet(brest, bricoleuses, room, repair):
    suggest(room, repair)
    make_need(bricoleuses, title="Pas encore lu")
    make_need(bricoleuses, title="Brouillon", published=False)
    assert figures_of(brest, localdate()).themes == ()
    Suggestion.objects.update(need_state="dismissed")
    assert len(figures_of(brest, localdate()).themes) == 1


# What is shown


def page_of(organisation):
    return reverse("desk_figures", args=[organisation.slug])


def test_few_data_are_said_to_be_few(officers, brest, pairs):
    client = signed_in(officers["reader"])
    Suggestion.objects.all().delete()
    page = said(client.get(page_of(brest)))
    assert "Personne n’est encore venu vers vous" in page
    assert "Aucun rapprochement en douze mois" in page


def test_sentences_charts_and_tables_say_the_same(alice, officers, brest, pairs, theme):
    answered(pairs, [2, 4, 30, 50, 90])
    decide(pairs[5], "offer", "dismissed", after=timedelta(hours=1), reason="place")
    unmet_needs(alice, brest.territory, theme, ENOUGH_GROUPS)
    Suggestion.objects.filter(pk=pairs[0].pk).update(created_at=timezone.now() - timedelta(days=70))
    response = signed_in(officers["reader"]).get(page_of(brest))
    html, page = response.content.decode(), said(response)
    assert "en moins de 30 heures" in page
    assert "« Trop loin », 1 sur 1" in page
    assert "Le plus demandé : Culture, avec 5 besoins" in page
    assert html.count('role="img"') == html.count("<title id=") == html.count("<desc id=") == 4
    assert html.count("Les mêmes chiffres en tableau") == 4


def test_figures_cost_the_same_with_500_listings(officers, brest, bricoleuses, theme, django_assert_max_num_queries):
    client = signed_in(officers["owner"])
    client.get(page_of(brest))
    room = make_offer(brest)
    template = make_need(bricoleuses, themes=[theme])

    def cost(address):
        with django_assert_max_num_queries(12) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    suggest(room, template)
    matched(make_need(bricoleuses, themes=[theme]))
    addresses = [page_of(brest), reverse("desk_figures_table", args=[brest.slug])]
    few = [cost(address) for address in addresses]
    fields = {"organisation": bricoleuses, "territory": brest.territory, "status": "published", "text": "Une salle."}
    needs = type(template).objects.bulk_create(
        type(template)(title=f"Besoin {number}", version=1, matched_version=1, **fields) for number in range(500)
    )
    for need in needs[:20]:
        decide(suggest(room, need), "offer", "dismissed", after=timedelta(0), reason="other")
    assert [cost(address) for address in addresses] == few


# The table for a spreadsheet


def cells(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_the_sheet_holds_what_the_page_says(officers, brest, pairs):
    answered(pairs, [2, 4, 30, 50, 90])
    response = signed_in(officers["reader"]).get(reverse("desk_figures_table", args=[brest.slug]))
    rows = {(what, of): value for what, of, value in cells(response)}
    assert rows["Délai médian de réponse, en heures", ""] == "30.0"
    assert rows["Rapprochements proposés", localdate().strftime("%Y-%m")] == "6"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="chiffres-')


@pytest.mark.parametrize("typed", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1", "\n=1"])
def test_no_cell_calculates(typed):
    assert cells(sheet("essai", [(typed, -2, 1.5)])) == [[f"'{typed}", "-2", "1.5"]]


def test_words_are_left_alone():
    assert cells(sheet("essai", [("Brest ; « port »", "a=b")])) == [["Brest ; « port »", "a=b"]]


# Charts


def test_bars_are_shares_of_the_longest_and_nothing_divides_by_none():
    words = {"title": "Titre", "sentence": "Dit", "counted": "Quoi", "unit": "Combien"}
    chart = charts.lying("essai", rows=[("Un", 10), ("Un nom si long que nul téléphone ne le montre", 5)], **words)
    assert [bar.width for bar in chart.bars] == ["82.00%", "41.00%"]
    assert chart.bars[1].short.endswith("…")
    assert [bar.height for bar in charts.standing("essai", rows=[("Mai", "mai", 0)], **words).bars] == [0]
