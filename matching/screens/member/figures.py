"""The figures of an organisation: sentences, small charts, and the same as a table. Its confirmed members only."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from matching.screens import charts
from matching.screens.access import Desk, enter_desk
from matching.screens.sheets import sheet
from matching.suggestions.figures import ENOUGH_ANSWERS, ENOUGH_GROUPS, Answers, Figures, Unmet, figures_of
from matching.suggestions.models import DismissReason


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirmed members: twelve months of their organisation. Others: 404."""
    desk = _enter(request, slug)
    figures = figures_of(desk.organisation, localdate())
    context = {
        "desk": desk,
        "figures": figures,
        "since": figures.months[0].first_day,
        "enough_answers": ENOUGH_ANSWERS,
        "enough_groups": ENOUGH_GROUPS,
        "delay": _delay(figures.answers),
        "found": _found(figures),
        "months_chart": _months_chart(figures),
        "reasons_chart": _reasons_chart(figures.answers),
        "unmet": [
            (_("Par thème"), *_told(figures.themes, "themes", _("Besoins sans offre, par thème"), _("Thème"))),
            (
                _("Par territoire"),
                *_told(figures.territories, "territoires", _("Besoins sans offre, par territoire"), _("Territoire")),
            ),
        ],
    }
    return render(request, "desk/figures.html", context)


@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirmed members: the same figures for a spreadsheet. Others: 404."""
    desk = _enter(request, slug)
    today = localdate()
    figures = figures_of(desk.organisation, today)
    answers = figures.answers
    few = _("moins de %(count)s collectifs") % {"count": ENOUGH_GROUPS}
    too_few = _("trop peu de réponses")
    rows: list[tuple[object, ...]] = [(_("Chiffre"), _("De quoi"), _("Valeur"))]
    rows += [(_("Organisation"), "", desk.organisation.name), (_("Arrêté au"), "", today.isoformat())]
    for month in figures.months:
        name = month.first_day.strftime("%Y-%m")
        rows.append((_("Rapprochements proposés"), name, month.found))
        rows.append((_("Dont par des personnes"), name, month.by_people))
        rows.append((_("Dont d’intérêt partagé"), name, month.shared))
    median = round(answers.median.total_seconds() / 3600, 1) if answers.median is not None else too_few
    rows += [
        (_("Délai médian de réponse, en heures"), "", median),
        (_("Demandes auxquelles vous avez répondu"), "", len(answers.delays)),
        (_("Demandes qui attendent"), "", answers.waiting),
        (_("Rapprochements retenus"), "", answers.interested),
        (_("Rapprochements écartés"), "", answers.dismissed),
    ]
    rows += [(_("Écartés, par raison"), _reason(code), count) for code, count in answers.reasons]
    for title, unmet in (
        (_("Besoins sans offre, par thème"), figures.themes),
        (_("Besoins sans offre, par territoire"), figures.territories),
    ):
        rows += [(title, _name(row), few if row.needs is None else row.needs) for row in unmet]
    return sheet(f"chiffres-{desk.organisation.slug}-{today.isoformat()}", rows)


def _enter(request: HttpRequest, slug: str) -> Desk:
    desk = enter_desk(request, slug)
    if not desk.is_confirmed:
        raise Http404
    return desk


def _delay(answers: Answers) -> str:
    """The median in words; nothing where there are too few answers."""
    if answers.median is None:
        return ""
    hours = answers.median / timedelta(hours=1)
    if hours < 1:
        return _("moins d’une heure")
    if hours < 36:
        return ngettext("%(count)s heure", "%(count)s heures", round(hours)) % {"count": round(hours)}
    days = round(hours / 24)
    return ngettext("%(count)s jour", "%(count)s jours", days) % {"count": days}


def _found(figures: Figures) -> str:
    """What was proposed, in a sentence; nothing where nothing was."""
    if not figures.found:
        return ""
    best = max(figures.months, key=lambda month: (month.found, month.first_day))
    words = {"count": figures.found, "month": _month(best.first_day), "most": best.found}
    if best.found == figures.found:
        return (
            ngettext(
                "%(count)s rapprochement, en %(month)s.", "%(count)s rapprochements, tous en %(month)s.", figures.found
            )
            % words
        )
    return _("%(count)s rapprochements en douze mois ; le mois le plus fourni, %(month)s, en compte %(most)s.") % words


def _months_chart(figures: Figures) -> charts.Chart | None:
    """A drawing where there is more than one month to compare."""
    if sum(month.found > 0 for month in figures.months) < 2:
        return None
    return charts.standing(
        "mois",
        title=_("Rapprochements proposés, mois par mois"),
        sentence=_found(figures),
        counted=_("Mois"),
        unit=_("Rapprochements"),
        rows=[(_month(month.first_day), date_format(month.first_day, "N"), month.found) for month in figures.months],
    )


def _reasons_chart(answers: Answers) -> charts.Chart | None:
    if not answers.reasons:
        return None
    first, count = answers.reasons[0]
    return charts.lying(
        "raisons",
        title=_("Pourquoi vous avez écarté"),
        sentence=_("La raison la plus fréquente : « %(reason)s », %(count)s sur %(total)s.")
        % {"reason": _reason(first), "count": count, "total": answers.dismissed},
        counted=_("Raison"),
        unit=_("Rapprochements écartés"),
        rows=[(_reason(code), count) for code, count in answers.reasons],
    )


def _told(unmet: tuple[Unmet, ...], name: str, title: str, counted: str) -> tuple[charts.Chart | None, list[str]]:
    """The chart of what may be counted, and the names of what may not."""
    counts = [(_name(row), row.needs) for row in unmet if row.needs is not None]
    held_back = [_name(row) for row in unmet if row.needs is None]
    if not counts:
        return None, held_back
    first, count = counts[0]
    sentence = _("Le plus demandé : %(name)s, avec %(count)s besoins.") % {"name": first, "count": count}
    chart = charts.lying(
        name, title=title, sentence=sentence, counted=counted, unit=_("Besoins sans offre"), rows=counts
    )
    return chart, held_back


def _name(row: Unmet) -> str:
    return str(row.what) if row.what else _("Sans thème")


def _reason(code: str) -> str:
    return str(DismissReason(code).label)


def _month(first_day: date) -> str:
    return date_format(first_day, "F Y")
