"""What the moderation decides: the staff only. To everybody else these screens do not exist."""

from itertools import groupby
from json import dumps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from matching.moderation import services
from matching.moderation.models import Case, Report
from matching.moderation.permissions import may_moderate
from matching.moderation.things import kind_named
from matching.screens.moderation.forms import DecisionForm, UndoForm
from matching.screens.signed_out import keeps_typed, typed_again

_A_PAGE = 20


@never_cache
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Staff: what waits, the oldest first; or what is settled, the latest first."""
    _check(request)
    settled = request.GET.get("etat") == "traites"
    rows = Case.objects.settled() if settled else Case.objects.waiting()
    page = Paginator(rows.counted(), _A_PAGE).get_page(request.GET.get("page"))
    reasons = _reasons([case.pk for case in page])
    context = {
        "page_obj": page,
        "rows": [(case, kind_named(case.kind), reasons.get(case.pk, [])) for case in page],
        "settled": settled,
    }
    return render(request, "moderation/cases.html", context)


@keeps_typed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Staff: one thing, as it was when it was reported and as it is now; the decision and its reason."""
    _check(request)
    shown = get_object_or_404(Case.objects.prefetch_related("organisations"), uuid=uuid)
    # What stands there now is what they read, whenever they began to write.
    initial = {**typed_again(request), "seen": services.state_seen(case=shown)}
    form = DecisionForm(request.POST or None, case=shown, initial=initial)
    if request.method == "POST" and form.is_valid() and _decided(request, shown, form):
        return redirect("moderation")
    return _case_page(request, shown, form, UndoForm())


@never_cache
@require_POST
def undo_last(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Staff: take the last decision back."""
    _check(request)
    shown = get_object_or_404(Case.objects.prefetch_related("organisations"), uuid=uuid)
    form = UndoForm(request.POST)
    step = shown.steps.order_by("-pk").first()
    if step is None:
        raise Http404
    if not form.is_valid():
        decision = DecisionForm(case=shown, initial={"seen": services.state_seen(case=shown)})
        return _case_page(request, shown, decision, form)
    values = form.cleaned_data
    try:
        services.undo(step=step.undoes or step, by=request.user, reason=values["reason"], form_key=values["form_key"])
    except services.ChangedMeanwhile:
        messages.warning(request, _("Il n’y a plus rien à annuler : quelque chose a suivi cette décision."))
    except services.Gone:
        messages.warning(request, _("Ce contenu n’existe plus : il n’y a rien à remettre en place."))
    else:
        messages.success(request, _("La décision est annulée : tout est comme avant elle."))
    return redirect("moderation_case", shown.uuid)


def _check(request: HttpRequest) -> None:
    if not may_moderate(request.user):
        raise Http404


def _decided(request: HttpRequest, shown: Case, form: DecisionForm) -> bool:
    values = form.cleaned_data
    try:
        services.decide(
            case=shown,
            verdict=values["verdict"],
            reason=values["reason"],
            by=request.user,
            form_key=values["form_key"],
            seen=values["seen"],
        )
    except services.ChangedMeanwhile:
        form.add_error(
            None,
            _("Quelque chose a changé entre-temps : relisez ci-dessous, puis décidez. Votre texte est gardé."),
        )
        # What stands there now is before the reader's eyes: the next click decides on it.
        form.data = {**form.data.dict(), "seen": services.state_seen(case=shown)}
    except services.Gone:
        form.add_error(None, _("Ce contenu n’existe plus : il n’y a plus rien à décider."))
    else:
        messages.success(request, _("C’est décidé. Les personnes concernées liront pourquoi."))
        return True
    return False


def _case_page(request: HttpRequest, shown: Case, form: DecisionForm, undo_form: UndoForm) -> HttpResponse:
    kind = kind_named(shown.kind)
    thing = kind.find(shown.key) if kind else None
    now = kind.copy(thing) if kind and thing else None
    steps = list(shown.steps.select_related("by", "organisation", "report", "undone_by"))
    # A thing that is out of sight has no page to open, but for the staff.
    last = steps[-1] if steps else None
    context = {
        "case": shown,
        "kind": kind,
        "copies": _copies(list(shown.reports.select_related("person", "answer")), now),
        "is_gone": now is None,
        "url": kind.address(thing) if kind and thing and shown.kind != "message" else "",
        "steps": steps,
        "form": form,
        "undo_form": undo_form,
        "undoable": last if last and services.is_undoable(last) else None,
    }
    return render(request, "moderation/case.html", context)


def _copies(reports: list[Report], now: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The thing as its reports saw it, each version once with those who saw it, the latest first."""
    versions = groupby(reversed(reports), key=lambda report: dumps(report.copy, sort_keys=True))
    return [
        {"reports": seen, "at": seen[-1].at, "lines": _beside(seen[0].copy, now)}
        for seen in (list(each) for _version, each in versions)
    ]


def _beside(then: dict[str, Any], now: dict[str, Any] | None) -> list[dict[str, str | bool]]:
    """What it said under each label, and what it says now where that differs."""
    before, after = _by_label(then), _by_label(now or {"lines": []})
    labels = dict.fromkeys([*before, *(after if now else ())])
    return [
        {
            "label": label,
            "then": before.get(label, ""),
            "now": after.get(label, ""),
            "changed": now is not None and before.get(label) != after.get(label),
        }
        for label in labels
    ]


def _by_label(copy: dict[str, Any]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for label, text in copy["lines"]:
        texts.setdefault(label, []).append(text)
    return {label: "\n".join(found) for label, found in texts.items()}


def _reasons(keys: list[int]) -> dict[int, list[str]]:
    """What was said of each case, every reason once; in one query."""
    told = Report.objects.filter(case__in=keys).order_by("pk")
    found: dict[int, dict[str, None]] = {}
    for report in told.only("case_id", "reason"):
        found.setdefault(report.case_id, {})[report.get_reason_display()] = None
    return {key: list(reasons) for key, reasons in found.items()}
