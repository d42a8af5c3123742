"""What editors build pages from. One block, one template of the same name in templates/cms/blocks/."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock


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


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Citation"))
    who = blocks.CharBlock(label=_("Qui parle"), max_length=160)

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
        label = _("Chiffres clés")
        icon = "order"
        template = "cms/blocks/figures.html"


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


class StoryBody(blocks.StreamBlock):
    """Everything that a page may hold."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock(features=["bold", "italic", "link", "ul", "ol"])
    figure = FigureBlock()
    quote = QuoteBlock()
    figures = FiguresBlock()
    steps = StepsBlock()
    difficulty = DifficultyBlock()


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
