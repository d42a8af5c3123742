"""The editors' list of partnerships to tell: one press drafts the story, another sends it to the parties."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cms.models import StoryIndexPage, StoryPage, Testimony
from cms.storytelling import draft_story, leads, readers_awaited, send_to_partners
from matching.partnerships.models import Lead

_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def story_leads(request: HttpRequest) -> HttpResponse:
    """Whoever may write stories."""
    index = StoryIndexPage.objects.first()
    if index is None or not index.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    if request.method == "POST":
        lead = get_object_or_404(Lead, pk=request.POST.get("lead") if request.POST.get("lead", "").isdigit() else 0)
        story = draft_story(lead=lead, person=request.user)
        if request.POST.get("do") == "send":
            send_to_partners(story=story, person=request.user)
            return redirect("story_leads")
        return redirect("wagtailadmin_pages:edit", story.pk)
    rows = list(leads()[:_SHOWN])
    stories = {
        story.partnership_id: story
        for story in StoryPage.objects.filter(partnership__in=[lead.partnership_id for lead in rows])
    }
    said: dict[int, list[Testimony]] = {}
    for row in Testimony.objects.filter(partnership__in=[lead.partnership_id for lead in rows]).select_related(
        "organisation"
    ):
        said.setdefault(row.partnership_id, []).append(row)
    told = []
    for lead in rows:
        lead.testimonies = said.get(lead.partnership_id, [])  # type: ignore[attr-defined]
        story = stories.get(lead.partnership_id)
        told.append((lead, story, readers_awaited(story) if story and not story.live else []))
    return render(request, "cms/admin/leads.html", {"rows": told})
