"""What editors build pages from. One block, one template of the same name in templates/cms/blocks/."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from cms import figures, maps
from cms.choosers import OfferBlock, PartnershipBlock, TerritoryBlock


class HeadingBlock(blocks.CharBlock):
    class Meta:
        label = _("Intertitre")
        icon = "title"
        template = "cms/blocks/heading.html"


class ParagraphBlock(blocks.RichTextBlock):
    class Meta:
        label = _("Texte")
        icon = "pilcrow"
        template = "cms/blocks/paragraph.html"


class FigureBlock(blocks.StructBlock):
    """A picture. Its text alternative is required by ImageBlock unless it is marked as decoration."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Légende et crédit"), max_length=200, required=False)

    class Meta:
        label = _("Image")
        icon = "image"
        template = "cms/blocks/figure.html"


class GalleryBlock(blocks.StructBlock):
    pictures = blocks.ListBlock(FigureBlock(), label=_("Images"), min_num=2, max_num=12)

    class Meta:
        label = _("Galerie")
        icon = "image"
        template = "cms/blocks/gallery.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, and how they agreed to be quoted."""

    text = blocks.TextBlock(label=_("Citation"))
    who = blocks.CharBlock(label=_("Qui parle"), max_length=160)
    consent = blocks.ChoiceBlock(
        label=_("Son accord pour être cité"),
        choices=[
            ("written", _("donné par écrit")),
            ("spoken", _("donné de vive voix")),
            ("public", _("parole déjà publique")),
        ],
        help_text=_("Sans accord, ne citez pas : racontez."),
    )

    class Meta:
        label = _("Citation")
        icon = "openquote"
        template = "cms/blocks/quote.html"


class KeyFigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("Chiffre"), max_length=40)
    label = blocks.CharBlock(label=_("Ce qu’il compte"), max_length=120)

    class Meta:
        label = _("Chiffre")
        icon = "order"


class FiguresBlock(blocks.StructBlock):
    rows = blocks.ListBlock(KeyFigureBlock(), label=_("Chiffres"), min_num=1, max_num=6)

    class Meta:
        label = _("Chiffres déclarés")
        icon = "order"
        template = "cms/blocks/figures.html"


class PartnershipFiguresBlock(blocks.StructBlock):
    """What a signed partnership counts by itself, each time the page is drawn: nobody types it again."""

    partnership = PartnershipBlock(label=_("Partenariat"))
    which = blocks.MultipleChoiceBlock(choices=figures.CHOICES, label=_("Chiffres à montrer"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        partnership = value.get("partnership")
        told = figures.figures_of(partnership, value.get("which") or []) if partnership else []
        return {**context, "partnership": partnership, "figures": told}

    class Meta:
        label = _("Chiffres d’un partenariat")
        icon = "order"
        template = "cms/blocks/partnership_figures.html"


class MomentBlock(blocks.StructBlock):
    """One side of a before and after."""

    text = blocks.TextBlock(label=_("Ce que l’on voyait"), rows=3, max_length=600)
    image = ImageBlock(label=_("Image"), required=False)

    class Meta:
        icon = "date"


class BeforeAfterBlock(blocks.StructBlock):
    before = MomentBlock(label=_("Avant"))
    after = MomentBlock(label=_("Après"))

    class Meta:
        label = _("Avant, après")
        icon = "arrow-right"
        template = "cms/blocks/before_after.html"


class StepsBlock(blocks.StructBlock):
    items = blocks.ListBlock(blocks.TextBlock(label=_("Étape"), rows=2), label=_("Étapes"), min_num=1)

    class Meta:
        label = _("Étapes")
        icon = "list-ol"
        template = "cms/blocks/steps.html"


class DifficultyBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Ce qui a été difficile"))

    class Meta:
        label = _("Difficulté")
        icon = "warning"
        template = "cms/blocks/difficulty.html"


INGREDIENTS = [
    ("data", _("Données")),
    ("place", _("Lieu")),
    ("funding", _("Financement")),
    ("people", _("Personnes")),
    ("time", _("Temps")),
    ("material", _("Matériel")),
]


class IngredientBlock(blocks.StructBlock):
    """One ingredient. The first three kinds are what authorities share: the matcher looks for them elsewhere."""

    kind = blocks.ChoiceBlock(choices=INGREDIENTS, label=_("De quelle sorte"))
    text = blocks.CharBlock(label=_("Quoi"), max_length=300)
    quantity = blocks.CharBlock(label=_("Combien"), max_length=80, required=False)
    people = blocks.IntegerBlock(label=_("Pour combien de personnes"), required=False, min_value=1, max_value=100_000)
    rights = blocks.MultipleChoiceBlock(
        choices=[("access", _("Accès")), ("withdrawal", _("Usage")), ("management", _("Gestion"))],
        label=_("Droits nécessaires"),
        required=False,
    )
    optional = blocks.BooleanBlock(label=_("On peut s’en passer"), required=False)

    class Meta:
        label = _("Ingrédient")
        icon = "pick"
        template = "cms/blocks/ingredient.html"


class ToolBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Ustensile"), max_length=160)
    url = blocks.URLBlock(label=_("Adresse"), required=False)

    class Meta:
        label = _("Ustensile")
        icon = "cog"
        template = "cms/blocks/tool.html"


class RecipeStepBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Ce que l’on fait"), rows=3, max_length=1000)
    who = blocks.CharBlock(label=_("Qui"), max_length=120, required=False)
    duration = blocks.CharBlock(label=_("Combien de temps"), max_length=60, required=False)
    cost = blocks.CharBlock(label=_("Combien ça coûte"), max_length=60, required=False)

    class Meta:
        label = _("Étape")
        icon = "list-ol"
        template = "cms/blocks/recipe_step.html"


class JournalBlock(blocks.StructBlock):
    date = blocks.DateBlock(label=_("Date"))
    text = blocks.CharBlock(label=_("Ce qui a changé"), max_length=300)
    credit = blocks.CharBlock(label=_("Grâce à"), max_length=160, required=False)

    class Meta:
        label = _("Version")
        icon = "history"
        template = "cms/blocks/journal.html"


class IngredientsBlock(blocks.StructBlock):
    rows = blocks.ListBlock(IngredientBlock(), label=_("Ingrédients"), min_num=1, max_num=20)

    class Meta:
        label = _("Liste d’ingrédients")
        icon = "list-ul"
        template = "cms/blocks/ingredients.html"


class PlaceBlock(blocks.StructBlock):
    territory = TerritoryBlock(label=_("Territoire"))
    text = blocks.CharBlock(label=_("Ce qui s’y passe"), max_length=200)

    class Meta:
        label = _("Lieu")
        icon = "site"


class MapBlock(blocks.StructBlock):
    """Communes and what happens there: the list says it all, the map draws those whose coordinates are loaded."""

    places = blocks.ListBlock(PlaceBlock(), label=_("Lieux"), min_num=1, max_num=60)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        rows = [row for row in value["places"] if row["territory"]]
        return {**context, "rows": rows, **maps.map_of(rows, context.get("request"))}

    class Meta:
        label = _("Carte et sa liste")
        icon = "site"
        template = "cms/blocks/map.html"


class VideoBlock(blocks.StructBlock):
    """A link to where the video is: nothing of its provider is loaded, and no cookie set, before it is pressed."""

    title = blocks.CharBlock(label=_("Titre de la vidéo"), max_length=160)
    url = blocks.URLBlock(label=_("Adresse de la vidéo"), help_text=_("Chez PeerTube, Vimeo, YouTube… en https."))
    duration = blocks.CharBlock(label=_("Durée"), max_length=40, required=False)
    transcript = blocks.RichTextBlock(
        label=_("Ce qui y est dit et montré"),
        features=["bold", "italic", "ul", "ol"],
        help_text=_("Pour qui n’entend pas, ne voit pas, ou ne veut pas aller sur ce site."),
    )

    def clean(self, value: Any) -> Any:
        """A video is asked for over a safe line only."""
        if value.get("url") and not value["url"].startswith("https://"):
            raise blocks.StructBlockValidationError(
                {"url": ValidationError(_("Donnez une adresse qui commence par https://."))}
            )
        return super().clean(value)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return {**context, "provider": (urlsplit(value["url"]).hostname or "").removeprefix("www.")}

    class Meta:
        label = _("Vidéo")
        icon = "media"
        template = "cms/blocks/video.html"


class DocumentRowBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    text = blocks.CharBlock(label=_("Ce qu’on y trouve"), max_length=200, required=False)

    class Meta:
        label = _("Document")
        icon = "doc-full"


class DocumentsBlock(blocks.StructBlock):
    rows = blocks.ListBlock(DocumentRowBlock(), label=_("Documents"), min_num=1, max_num=20)

    class Meta:
        label = _("Documents")
        icon = "doc-full"
        template = "cms/blocks/documents.html"


class CallToActionBlock(blocks.StructBlock):
    """What a reader may do next: publish a need, apply to an offer, adapt a recipe."""

    kind = blocks.ChoiceBlock(
        label=_("Vers quoi"),
        choices=[
            ("publish", _("Publier un besoin")),
            ("apply", _("Répondre à une offre")),
            ("adapt", _("Adapter une recette")),
        ],
    )
    text = blocks.CharBlock(label=_("Phrase d’invitation"), max_length=200)
    offer = OfferBlock(label=_("Offre"), required=False, help_text=_("Pour « Répondre à une offre »."))
    recipe = blocks.PageChooserBlock(
        page_type="cms.RecipePage", label=_("Recette"), required=False, help_text=_("Pour « Adapter une recette ».")
    )

    def clean(self, value: Any) -> Any:
        """The button leads somewhere."""
        lacking = {"apply": "offer", "adapt": "recipe"}.get(value.get("kind"))
        if lacking and not value.get(lacking):
            raise blocks.StructBlockValidationError({lacking: ValidationError(_("Dites laquelle."))})
        return super().clean(value)

    class Meta:
        label = _("Invitation à agir")
        icon = "arrow-right"
        template = "cms/blocks/call_to_action.html"


class ReferenceBlock(blocks.StructBlock):
    """One work of a bibliography."""

    authors = blocks.CharBlock(label=_("Qui"), max_length=200)
    title = blocks.CharBlock(label=_("Titre"), max_length=250)
    published = blocks.CharBlock(label=_("Où et quand"), max_length=160, required=False)
    url = blocks.URLBlock(label=_("Adresse"), required=False)
    note = blocks.CharBlock(label=_("Ce qu’on en retient"), max_length=300, required=False)

    class Meta:
        label = _("Référence")
        icon = "form"
        template = "cms/blocks/reference.html"


class StoryBody(blocks.StreamBlock):
    """Everything that a page may hold."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock(features=["bold", "italic", "link", "ul", "ol"])
    figure = FigureBlock()
    gallery = GalleryBlock()
    quote = QuoteBlock()
    partnership_figures = PartnershipFiguresBlock()
    figures = FiguresBlock()
    before_after = BeforeAfterBlock()
    steps = StepsBlock()
    ingredients = IngredientsBlock()
    difficulty = DifficultyBlock()
    map = MapBlock()
    video = VideoBlock()
    documents = DocumentsBlock()
    call_to_action = CallToActionBlock()

    class Meta:
        # A page has one map: its list is the map's other half.
        block_counts = {"map": {"max_num": 1}}
