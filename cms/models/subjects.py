"""Pages that gather others: a theme, a territory, a dossier, the news; and the indexes under which they stand."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.blocks import PageChooserBlock
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import StoryBody
from cms.choosers import territory_chooser
from cms.models.base import PublicPage, open_pages
from cms.models.pages import StoryPage
from cms.models.recipes import RecipePage
from matching.territories.models import Territory

_PER_PAGE = 24
_GATHERED = 6

Told = StoryPage | RecipePage


def told_in(request: HttpRequest, condition: Q, most: int = _GATHERED) -> dict[str, list[Any]]:
    """The latest stories and recipes that fit, as their cards show them, in three queries."""
    stories: Sequence[StoryPage] = _latest(open_pages(StoryPage.objects.filter(condition), request), "-date", most)
    recipes: Sequence[RecipePage] = _latest(
        open_pages(RecipePage.objects.filter(condition).defer_streamfields(), request), "-first_published_at", most
    )
    with_renditions([*stories, *recipes])
    return {"stories": list(stories), "recipes": list(recipes)}


def with_renditions(pages: Iterable[Told]) -> None:
    """Have the pictures of these cards at hand, in one query."""
    prefetch_related_objects([page.picture for page in pages if page.picture], "renditions")


def _latest(rows: Any, order: str, most: int) -> list[Any]:
    return list(rows.select_related("territory", "picture").distinct().order_by(order, "-pk")[:most])


class SubjectIndexPage(PublicPage):
    """One shelf: all themes, all territories, all dossiers or all news."""

    intro = models.TextField(_("introduction"), max_length=600, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ThemePage", "cms.TerritoryPage", "cms.DossierPage", "cms.NewsPage"]
    template = "cms/subject_index_page.html"

    class Meta:
        verbose_name = _("page qui en rassemble d’autres")
        verbose_name_plural = _("pages qui en rassemblent d’autres")

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        context = super().get_context(request, *args, **kwargs)
        rows = open_pages(self.get_children(), request).specific().order_by("-first_published_at", "-pk")
        return {**context, "page_obj": Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))}


class Subject(PublicPage):
    """A page that gathers others has a sentence, a picture and a body of its own."""

    intro = models.CharField(_("en une phrase"), max_length=240)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
        help_text=_("Montrée en tête. Décrivez-la dans la bibliothèque d’images."),
    )
    body = StreamField(StoryBody(), blank=True, verbose_name=_("contenu"))

    parent_page_types = ["cms.SubjectIndexPage"]
    subpage_types: list[str] = []
    head_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("picture"), FieldPanel("body")]

    class Meta:
        abstract = True


class ThemePage(Subject):
    """What happens about one theme, and the themes below it."""

    theme = models.OneToOneField(
        "catalogue.Theme", on_delete=models.PROTECT, related_name="page", verbose_name=_("thème")
    )

    content_panels = [*Subject.head_panels, FieldPanel("theme")]
    shown_with = ("theme", "picture")
    template = "cms/theme_page.html"

    class Meta:
        verbose_name = _("page de thème")
        verbose_name_plural = _("pages de thème")

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        context = super().get_context(request, *args, **kwargs)
        return {**context, **told_in(request, Q(themes=self.theme) | Q(themes__parent=self.theme))}


class TerritoryPage(Subject):
    """What happens in one territory and in those inside it."""

    territory = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, related_name="+", verbose_name=_("territoire")
    )

    content_panels = [*Subject.head_panels, FieldPanel("territory", widget=territory_chooser.widget_class)]
    shown_with = ("territory", "picture")
    template = "cms/territory_page.html"

    class Meta:
        verbose_name = _("page de territoire")
        verbose_name_plural = _("pages de territoire")

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        context = super().get_context(request, *args, **kwargs)
        inside = Q(territory=self.territory) | Q(territory__in=Territory.objects.within(self.territory).values("pk"))
        return {**context, **told_in(request, inside)}


class DossierPage(Subject):
    """A collection that an editor has put together, in their order."""

    pages = StreamField(
        [("page", PageChooserBlock(page_type=["cms.StoryPage", "cms.RecipePage"], label=_("Réussite ou recette")))],
        verbose_name=_("réussites et recettes réunies"),
    )

    content_panels = [*Subject.head_panels, FieldPanel("pages")]
    shown_with = ("picture",)
    template = "cms/dossier_page.html"

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        context = super().get_context(request, *args, **kwargs)
        # Ids as they are stored: the chooser itself would read each page, and then each once more.
        wanted = [child["value"] for child in self.pages.raw_data if child["value"]]
        told = told_in(request, Q(pk__in=wanted), most=len(wanted))
        found = {page.pk: page for page in (*told["stories"], *told["recipes"])}
        return {**context, "gathered": [found[key] for key in wanted if key in found]}


class NewsPage(Subject):
    """Something new, or something that will happen on a day."""

    date = models.DateField(_("date"))
    territory = models.ForeignKey(
        "territories.Territory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("territoire"),
    )
    themes = ParentalManyToManyField("catalogue.Theme", blank=True, related_name="news", verbose_name=_("thèmes"))
    starts = models.DateTimeField(_("commence le"), null=True, blank=True)
    ends = models.DateTimeField(_("finit le"), null=True, blank=True)
    place = models.CharField(_("où cela se passe"), max_length=200, blank=True)

    content_panels = [
        *Subject.head_panels,
        FieldRowPanel([FieldPanel("date"), FieldPanel("territory", widget=territory_chooser.widget_class)]),
        FieldPanel("themes", widget=forms.CheckboxSelectMultiple),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]), FieldPanel("place")],
            heading=_("Si c’est un rendez-vous"),
        ),
    ]
    shown_with = ("territory", "picture")
    template = "cms/news_page.html"

    class Meta:
        verbose_name = _("actualité")
        verbose_name_plural = _("actualités")

    def clean(self) -> None:
        super().clean()
        if self.ends and (self.starts is None or self.ends < self.starts):
            raise ValidationError({"ends": _("La fin vient après le début : corrigez l’un des deux.")})
