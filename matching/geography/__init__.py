"""The official geography of France in pure Python: territories, their codes, names and relations."""

from matching.geography.geography import Geography, Point, load
from matching.geography.names import normalise
from matching.geography.places import FRANCE, LEVELS, Place, well_formed
from matching.geography.relations import FARTHEST, RELATIONS, SAME_GROUND
from matching.geography.table import BrokenTable, Territory

__all__ = [
    "FARTHEST",
    "FRANCE",
    "LEVELS",
    "RELATIONS",
    "SAME_GROUND",
    "BrokenTable",
    "Geography",
    "Place",
    "Point",
    "Territory",
    "load",
    "normalise",
    "well_formed",
]
