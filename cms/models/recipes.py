"""Free recipes: how something is done, so that another territory adapts it. Amounts in cents.

The parts are those of Brest's « recettes libres »: what it produces, ingredients, tools, steps, knacks, what failed,
and the family of variants that territories have made of it.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PageChooserPanel,
    TabbedInterface,
)
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms import lineage
from cms.adapting import adapt_page
from cms.blocks import IngredientBlock, JournalBlock, RecipeStepBlock, ToolBlock
from cms.models.base import OpenPage, PublicPage, open_pages
from cms.models.told import ToldPage
from cms.recipe_markdown import written
from cms.spreading import spread_page, spread_sheet
from matching.screens.anonymous import mark_same

RECIPES_PER_PAGE = 12

#: Libre ones only: whoever adapts a recipe may sell what they cook, and change it.
LIBRE_LICENCES = [
    ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
    ("CC-BY-4.0", "CC BY 4.0"),
    ("etalab-2.0", "Licence Ouverte 2.0"),
    ("LAL-1.3", "Licence Art Libre 1.3"),
    ("CC0-1.0", "CC0 1.0"),
]


class RecipeIndexPage(PublicPage):
    """All recipes, the latest first."""

    intro = models.TextField(_("introduction"), max_length=600, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.RecipePage"]
    max_count = 1
    template = "cms/recipe_index_page.html"

    class Meta:
        verbose_name = _("page des recettes libres")

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        context = super().get_context(request, *args, **kwargs)
        recipes = recipes_on_cards(open_pages(RecipePage.objects.child_of(self), request))
        page = Paginator(recipes, RECIPES_PER_PAGE).get_page(request.GET.get("page"))
        return {**context, "page_obj": page}


class RecipePage(RoutablePageMixin, OpenPage, ToldPage):
    """One free recipe. Its `translation_key` is the `origin` that needs and offers keep when they adapt it."""

    intro = models.CharField(_("en une phrase"), max_length=240)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
        help_text=_("Montrée en tête de la recette et sur sa carte. Décrivez-la dans la bibliothèque d’images."),
    )
    need_answered = models.TextField(_("le besoin auquel elle répond"), max_length=2000)
    produces = models.TextField(_("ce que ça produit, et pour qui"), max_length=2000)
    ingredients = StreamField([("ingredient", IngredientBlock())], verbose_name=_("ingrédients"))
    tools = StreamField([("tool", ToolBlock())], blank=True, verbose_name=_("ustensiles"))
    steps = StreamField([("step", RecipeStepBlock())], verbose_name=_("étapes"))
    knacks = models.TextField(_("coups de main"), max_length=3000, help_text=_("Les petits gestes qui changent tout."))
    difficulties = models.TextField(_("difficultés, ce qui n’a pas marché"), max_length=3000)
    core = models.TextField(
        _("le socle, qui ne change pas"), max_length=2000, help_text=_("Sans quoi ce n’est plus cette recette.")
    )
    adaptable = models.TextField(_("ce qui s’adapte"), max_length=2000)
    rights = models.TextField(_("droits d’usage et gouvernance retenus"), max_length=2000, blank=True)
    cost_min = models.PositiveBigIntegerField(_("coût le plus bas (centimes)"), null=True, blank=True)
    cost_max = models.PositiveBigIntegerField(_("coût le plus haut (centimes)"), null=True, blank=True)
    territory = models.ForeignKey(
        "territories.Territory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("territoire d’origine"),
    )
    authority = models.ForeignKey(
        "organisations.Organisation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"side": "authority"},
        verbose_name=_("collectivité d’origine"),
    )
    context_text = models.TextField(
        _("le contexte d’origine"), max_length=2000, help_text=_("Où, avec qui, dans quelles conditions.")
    )
    authors = models.CharField(_("autrices et auteurs"), max_length=300)
    licence = models.CharField(_("licence libre"), max_length=24, choices=LIBRE_LICENCES, default="CC-BY-SA-4.0")
    version = models.CharField(_("version"), max_length=12, default="1")
    journal = StreamField([("entry", JournalBlock())], blank=True, verbose_name=_("journal des versions"))
    support = models.TextField(
        _("accompagnement proposé"), max_length=1000, blank=True, help_text=_("Une visite, une formation, un tuteur.")
    )
    themes = ParentalManyToManyField("catalogue.Theme", blank=True, related_name="recipes", verbose_name=_("thèmes"))
    # Lineage: what it was made from. One that is withdrawn leaves its name here.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="variants", verbose_name=_("adaptée de")
    )
    parent_title = models.CharField(max_length=255, blank=True, editable=False)
    changed = models.TextField(_("ce qui a changé"), max_length=2000, blank=True)
    changed_why = models.TextField(_("pourquoi"), max_length=2000, blank=True)
    # The sum of what an import wrote: a later one sees whether an editor has changed it since.
    imported_as = models.CharField(max_length=64, blank=True, editable=False)

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("picture"),
        FieldPanel("need_answered"),
        FieldPanel("produces"),
        FieldPanel("core"),
        FieldPanel("adaptable"),
        FieldPanel("knacks"),
        FieldPanel("difficulties"),
    ]
    making_panels = [
        FieldPanel("ingredients"),
        FieldPanel("tools"),
        FieldPanel("steps"),
        FieldRowPanel([FieldPanel("cost_min"), FieldPanel("cost_max")], heading=_("Coût")),
        FieldPanel("rights"),
    ]
    context_panels = [
        MultiFieldPanel(
            [FieldPanel("authority"), FieldPanel("context_text"), FieldPanel("authors"), FieldPanel("support")],
            heading=_("D’où elle vient"),
        ),
        FieldRowPanel([FieldPanel("licence"), FieldPanel("version")]),
        FieldPanel("journal"),
        FieldPanel("themes", widget=forms.CheckboxSelectMultiple),
        MultiFieldPanel(
            [PageChooserPanel("parent", "cms.RecipePage"), FieldPanel("changed"), FieldPanel("changed_why")],
            heading=_("Sa famille"),
        ),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("La recette")),
            ObjectList(making_panels, heading=_("Ingrédients et étapes")),
            ObjectList(context_panels, heading=_("Origine et famille")),
            ObjectList(Page.promote_panels, heading=_("Adresse")),
        ]
    )
    parent_page_types = ["cms.RecipeIndexPage"]
    subpage_types: list[str] = []
    shown_with = ("authority", "territory", "picture")
    template = "cms/recipe_page.html"

    class Meta:
        verbose_name = _("recette libre")
        verbose_name_plural = _("recettes libres")
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_max__isnull=True) | Q(cost_min__isnull=True) | Q(cost_max__gte=F("cost_min")),
                name="recipe_costs_in_order",
            )
        ]

    def clean(self) -> None:
        """A recipe descends from another one, never from itself or from its own children."""
        super().clean()
        if self.parent and self.pk and any(ancestor.pk == self.pk for ancestor in self.line_of(self.parent)):
            raise ValidationError({"parent": _("Cette recette vient elle-même de celle-ci : choisissez-en une autre.")})
        if self.parent and not self.changed:
            raise ValidationError({"changed": _("Dites ce que cette variante change : c’est ce que l’on cherchera.")})
        if self.cost_min is not None and self.cost_max is not None and self.cost_min > self.cost_max:
            raise ValidationError(
                {"cost_max": _("Le coût le plus haut est sous le plus bas : corrigez l’un des deux.")}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The territory of a recipe is its authority's, unless it was set by an import; a parent leaves its name."""
        if self.authority and not self.territory_id:
            self.territory_id = self.authority.territory_id
        if self.parent:
            self.parent_title = self.parent.title
        super().save(*args, **kwargs)

    @staticmethod
    def line_of(recipe: "RecipePage | None") -> list["RecipePage"]:
        """The recipe and those it descends from, nearest first. A circle made behind our back ends."""
        line: list[RecipePage] = []
        while recipe and recipe not in line:
            line.append(recipe)
            recipe = recipe.parent
        return line

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        return {**super().get_context(request, *args, **kwargs), **lineage.around(self)}

    @path("")
    def show(self, request: HttpRequest) -> HttpResponse:
        """The recipe itself."""
        return mark_same(self.render(request))

    @path("markdown/", name="markdown")
    def markdown(self, request: HttpRequest) -> HttpResponse:
        """The same as Markdown with a YAML head, as import_recipes reads it."""
        response = HttpResponse(written(self), content_type="text/markdown; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.slug}.md"'
        return response

    @path("adapter/", name="adapt")
    def adapt(self, request: HttpRequest) -> HttpResponse:
        """What exists of it in one territory, what is missing, and the way to a need."""
        return adapt_page(request, self)

    @path("essaimage/", name="spread")
    def spread(self, request: HttpRequest) -> HttpResponse:
        """Where it has been taken up, as a tree, a list and a timeline."""
        return mark_same(spread_page(request, self))

    @path("essaimage/tableau/", name="spread_sheet")
    def spread_sheet(self, request: HttpRequest) -> HttpResponse:
        """The same as a sheet."""
        return spread_sheet(self)


def recipes_on_cards(recipes: PageQuerySet) -> PageQuerySet:
    """The latest first, with everything that their cards show, in a fixed number of queries."""
    rows = recipes.select_related("territory", "picture", "parent").prefetch_related("picture__renditions")
    return rows.order_by("-first_published_at", "-pk")
