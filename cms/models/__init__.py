"""Pages: home, stories, free recipes, subjects, news, formal pages; and who takes a recipe up elsewhere."""

from cms.models.base import PublicPage
from cms.models.formal import AccessibilityPage, EssayPage, MethodPage
from cms.models.pages import HomePage, PlainPage, StoryIndexPage, StoryPage, on_cards
from cms.models.recipes import LIBRE_LICENCES, RecipeIndexPage, RecipePage
from cms.models.replications import Replication
from cms.models.subjects import DossierPage, NewsPage, SubjectIndexPage, TerritoryPage, ThemePage
from cms.models.testimonies import PartnersReadingTask, Testimony

__all__ = [
    "LIBRE_LICENCES",
    "AccessibilityPage",
    "DossierPage",
    "EssayPage",
    "HomePage",
    "MethodPage",
    "NewsPage",
    "PartnersReadingTask",
    "PlainPage",
    "PublicPage",
    "RecipeIndexPage",
    "RecipePage",
    "Replication",
    "StoryIndexPage",
    "StoryPage",
    "SubjectIndexPage",
    "TerritoryPage",
    "Testimony",
    "ThemePage",
    "on_cards",
]
