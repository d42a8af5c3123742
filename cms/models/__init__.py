"""Pages: home, stories, free recipes, plain pages; and who takes a recipe up elsewhere."""

from cms.models.pages import HomePage, PlainPage, PublicPage, StoryIndexPage, StoryPage, on_cards
from cms.models.recipes import LIBRE_LICENCES, RecipeIndexPage, RecipePage
from cms.models.replications import Replication

__all__ = [
    "LIBRE_LICENCES",
    "HomePage",
    "PlainPage",
    "PublicPage",
    "RecipeIndexPage",
    "RecipePage",
    "Replication",
    "StoryIndexPage",
    "StoryPage",
    "on_cards",
]
