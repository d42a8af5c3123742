"""Pages whose shape is given: the accessibility declaration, the method, the essay and its bibliography."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.blocks import ReferenceBlock, StoryBody
from cms.models.base import PublicPage

_WORDS = ["bold", "italic", "link", "ul", "ol"]
_ALL = 100
_HALF = 50


class AccessibilityPage(PublicPage):
    """The declaration in the sections, and the order, that the law sets (RGAA 4). No audit: not conform, no rate."""

    class Conformity(models.TextChoices):
        NONE = "none", _("non conforme")
        PARTIAL = "partial", _("partiellement conforme")
        TOTAL = "total", _("totalement conforme")

    operator = models.CharField(_("qui s’engage"), max_length=200)
    scope = models.CharField(_("à quoi s’applique la déclaration"), max_length=200)
    plan_url = models.URLField(_("adresse du schéma pluriannuel"), blank=True)
    actions_url = models.URLField(_("adresse du plan d’action de l’année"), blank=True)
    conformity = models.CharField(
        _("état de conformité"), max_length=7, choices=Conformity.choices, default=Conformity.NONE
    )
    audited_by = models.CharField(_("qui a mené l’audit"), max_length=200, blank=True)
    rate = models.PositiveSmallIntegerField(
        _("critères respectés (%)"), null=True, blank=True, validators=[MaxValueValidator(_ALL)]
    )
    average = models.PositiveSmallIntegerField(
        _("taux moyen (%)"), null=True, blank=True, validators=[MaxValueValidator(_ALL)]
    )
    failures = RichTextField(_("non-conformités"), features=_WORDS, blank=True)
    exemptions = RichTextField(_("dérogations pour charge disproportionnée"), features=_WORDS, blank=True)
    out_of_scope = RichTextField(_("contenus non soumis à l’obligation"), features=_WORDS, blank=True)
    established_on = models.DateField(_("établie le"))
    revised_on = models.DateField(_("mise à jour le"), null=True, blank=True)
    technologies = models.CharField(_("technologies"), max_length=300)
    environments = models.TextField(_("environnement de test"), max_length=1000, blank=True)
    tools = models.CharField(_("outils"), max_length=300, blank=True)
    pages_tested = RichTextField(_("pages vérifiées"), features=_WORDS, blank=True)
    contact = RichTextField(_("retour d’information et contact"), features=_WORDS)

    content_panels = [
        *Page.content_panels,
        FieldPanel("operator"),
        FieldPanel("scope"),
        FieldRowPanel([FieldPanel("plan_url"), FieldPanel("actions_url")]),
        MultiFieldPanel(
            [
                FieldPanel("conformity"),
                FieldPanel("audited_by"),
                FieldRowPanel([FieldPanel("rate"), FieldPanel("average")]),
            ],
            heading=_("État de conformité et résultat des tests"),
        ),
        MultiFieldPanel(
            [FieldPanel("failures"), FieldPanel("exemptions"), FieldPanel("out_of_scope")],
            heading=_("Contenus non accessibles"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("established_on"), FieldPanel("revised_on")]),
                FieldPanel("technologies"),
                FieldPanel("environments"),
                FieldPanel("tools"),
                FieldPanel("pages_tested"),
            ],
            heading=_("Établissement de la déclaration"),
        ),
        FieldPanel("contact"),
    ]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    template = "cms/accessibility_page.html"

    class Meta:
        verbose_name = _("déclaration d’accessibilité")
        verbose_name_plural = _("déclarations d’accessibilité")

    def clean(self) -> None:
        """What is declared follows from the audit, and from nothing else."""
        super().clean()
        if self.rate is not None and not self.audited_by:
            raise ValidationError({"audited_by": _("Un taux vient d’un audit : dites qui l’a mené.")})
        if self.conformity != self._follows():
            raise ValidationError({"conformity": self._why()})

    def _follows(self) -> str:
        if self.rate is None or self.rate < _HALF:
            return self.Conformity.NONE
        return self.Conformity.TOTAL if self.rate == _ALL else self.Conformity.PARTIAL

    def _why(self) -> str:
        if self.rate is None:
            return str(_("Sans audit, un site est non conforme : ne devinez pas."))
        return str(_("À 100 %, totalement conforme ; à 50 % au moins, partiellement ; en dessous, non conforme."))


class MethodPage(PublicPage):
    """How the service works and decides nothing, in an editor's words; the exact calculation is one link away."""

    intro = models.CharField(_("en une phrase"), max_length=240)
    body = StreamField(StoryBody(), verbose_name=_("contenu"))

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/method_page.html"

    class Meta:
        verbose_name = _("page sur la méthode")
        verbose_name_plural = _("pages sur la méthode")


class EssayPage(PublicPage):
    """The text from which the service was born, what it names, and where to read more."""

    intro = models.CharField(_("en une phrase"), max_length=240)
    source = models.CharField(_("de qui, quand"), max_length=240)
    body = StreamField(StoryBody(), verbose_name=_("contenu"))
    bibliography = StreamField([("reference", ReferenceBlock())], blank=True, verbose_name=_("bibliographie"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("source"),
        FieldPanel("body"),
        FieldPanel("bibliography"),
    ]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/essay_page.html"

    class Meta:
        verbose_name = _("page sur l’essai")
        verbose_name_plural = _("pages sur l’essai")
