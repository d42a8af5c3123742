"""Home, stories and plain pages."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult

from cms.blocks import StoryBody
from cms.choosers import partnership_chooser
from cms.models.base import PublicPage, open_pages, route_below
from cms.models.told import ToldPage
from cms.storytelling import readers_awaited
from matching.screens.public.forms import NeedSearchForm

STORIES_PER_PAGE = 12


class HomePage(PublicPage):
    """The front door: the question, then the latest stories. Empty fields mean the wording of the service."""

    question = models.CharField(_("question"), max_length=120, blank=True)
    intro = models.TextField(_("texte sous la question"), max_length=400, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("question"), FieldPanel("intro")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "cms.StoryIndexPage",
        "cms.RecipeIndexPage",
        "cms.SubjectIndexPage",
        "cms.PlainPage",
        "cms.AccessibilityPage",
        "cms.MethodPage",
        "cms.EssayPage",
    ]
    max_count = 1
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("page d’accueil")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Straight to the page that is asked for."""
        if path_components:
            return route_below(self, request, path_components)
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        context = super().get_context(request, *args, **kwargs)
        stories = on_cards(open_pages(StoryPage.objects.all(), request))
        return {**context, "form": NeedSearchForm(), "stories": stories[:3]}


class StoryIndexPage(PublicPage):
    """All stories, newest first."""

    intro = models.TextField(_("introduction"), max_length=600, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.StoryPage"]
    max_count = 1
    template = "cms/story_index_page.html"

    class Meta:
        verbose_name = _("page des réussites")

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        context = super().get_context(request, *args, **kwargs)
        stories = on_cards(open_pages(StoryPage.objects.child_of(self), request))
        page = Paginator(stories, STORIES_PER_PAGE).get_page(request.GET.get("page"))
        return {**context, "page_obj": page}


class AwaitsPartners(PermissionDenied):
    """The parties have not all agreed to this version."""


class _WhileRead(PagePermissionTester):
    """What somebody may do with a story that its parties have not agreed to: mend it, never show it."""

    def can_publish(self) -> bool:
        return False


class StoryPage(ToldPage, PublicPage):
    """A story: what a collective and an authority did together, what it rests on, what was hard."""

    class RestsOn(models.TextChoices):
        AGREEMENT = "agreement", _("Un accord signé")
        DECLARED = "declared", _("Des chiffres déclarés par les partenaires")
        NOTHING = "nothing", _("Un récit, sans document")

    intro = models.CharField(_("en une phrase"), max_length=240)
    date = models.DateField(_("date des faits"))
    territory = models.ForeignKey(
        "territories.Territory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("territoire"),
    )
    authority = models.ForeignKey(
        "organisations.Organisation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"side": "authority"},
        verbose_name=_("collectivité"),
    )
    collective = models.ForeignKey(
        "organisations.Organisation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"side": "collective"},
        verbose_name=_("collectif"),
    )
    partnership = models.ForeignKey(
        "partnerships.Partnership",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stories",
        verbose_name=_("partenariat"),
        help_text=_("Le récit ne paraît qu’avec l’accord de ses parties."),
    )
    critique = models.TextField(
        _("retour critique"),
        max_length=2000,
        blank=True,
        help_text=_("Ce qu’une voix extérieure, ou l’une des parties, en retient de moins bon."),
    )
    rests_on = models.CharField(
        _("sur quoi repose ce récit"), max_length=10, choices=RestsOn.choices, default=RestsOn.DECLARED
    )
    picture = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
        help_text=_("Montrée en tête du récit et sur sa carte. Décrivez-la dans la bibliothèque d’images."),
    )
    themes = ParentalManyToManyField("catalogue.Theme", blank=True, related_name="stories", verbose_name=_("thèmes"))
    body = StreamField(StoryBody(), verbose_name=_("contenu"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("picture"),
        FieldPanel("body"),
        FieldPanel("critique"),
        MultiFieldPanel(
            [
                FieldPanel("partnership", widget=partnership_chooser.widget_class),
                FieldRowPanel([FieldPanel("authority"), FieldPanel("collective")]),
                # A text field of codes would be a riddle; 35,000 choices would be a wall.
                FieldRowPanel([FieldPanel("date"), FieldPanel("rests_on")]),
                FieldPanel("themes", widget=forms.CheckboxSelectMultiple),
            ],
            heading=_("Le partenariat"),
        ),
    ]
    parent_page_types = ["cms.StoryIndexPage"]
    subpage_types: list[str] = []
    shown_with = ("authority", "collective", "territory", "picture", "partnership")
    template = "cms/story_page.html"

    class Meta:
        verbose_name = _("réussite")
        verbose_name_plural = _("réussites")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        tester = super().permissions_for_user(user)
        if not self.live and self.partnership_id and readers_awaited(self):
            return _WhileRead(user, self)
        return tester

    def save(self, *args: object, **kwargs: object) -> None:
        """The territory of a story is its authority's, unless it was set by an import.

        Raises AwaitsPartners where it would come out before the parties agree to this very version.
        """
        if self.live and self.partnership_id and self._comes_out() and readers_awaited(self):
            raise AwaitsPartners
        if self.authority and not self.territory_id:
            self.territory_id = self.authority.territory_id
        super().save(*args, **kwargs)

    def _comes_out(self) -> bool:
        return not StoryPage.objects.filter(pk=self.pk, live=True).exists()


def on_cards(stories: PageQuerySet) -> PageQuerySet:
    """Newest first, with everything that their cards show, in a fixed number of queries."""
    rows = stories.select_related("territory", "picture").prefetch_related("picture__renditions")
    return rows.order_by("-date", "-pk")


class PlainPage(PublicPage):
    """Legal notice, privacy, accessibility: text that the installation owns."""

    body = StreamField(StoryBody(), verbose_name=_("contenu"))

    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/plain_page.html"

    class Meta:
        verbose_name = _("page simple")
        verbose_name_plural = _("pages simples")
