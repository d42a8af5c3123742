"""The family of a recipe: what it was made from, what was made of it. Fixed numbers of queries, however large."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from cms.models import RecipePage


@dataclass(frozen=True)
class Branch:
    """A recipe and the variants made of it."""

    recipe: RecipePage
    variants: list[Branch] = field(default_factory=list)

    def __iter__(self) -> Iterator[RecipePage]:
        yield self.recipe
        for variant in self.variants:
            yield from variant

    @property
    def origins(self) -> list[UUID]:
        """The keys of all its recipes, as needs and replications keep them."""
        return [recipe.translation_key for recipe in self]


def around(recipe: RecipePage) -> dict[str, Any]:
    """What the page of a recipe tells of its family: the parent where it is published, and the variants."""
    family = _by_parent(recipe)
    return {
        "parent": next((one for one in family.get("all", []) if one.pk == recipe.parent_id), None),
        "variants": family.get(recipe.pk, []),
    }


def branch_of(recipe: RecipePage) -> Branch:
    """The recipe with everything that was made of it."""
    return _branch(recipe, _by_parent(recipe), {recipe.pk})


def root_of(recipe: RecipePage) -> RecipePage:
    """The oldest published ancestor; the recipe itself where there is none."""
    rows = {one.pk: one for one in _by_parent(recipe)["all"]}
    seen, current = {recipe.pk}, recipe
    while current.parent_id in rows and current.parent_id not in seen:
        current = rows[current.parent_id]
        seen.add(current.pk)
    return current


def _by_parent(recipe: RecipePage) -> dict[Any, list[RecipePage]]:
    """All published recipes by what they were made from; recipes are few, and families have no depth limit."""
    rows = list(
        type(recipe)
        .objects.live()
        .public()
        .select_related("territory")
        .defer_streamfields()
        .order_by("first_published_at", "pk")
    )
    found: dict[Any, list[RecipePage]] = {"all": rows}
    for row in rows:
        if row.parent_id:
            found.setdefault(row.parent_id, []).append(row)
    return found


def _branch(recipe: RecipePage, family: dict[Any, list[RecipePage]], seen: set[int]) -> Branch:
    variants = [one for one in family.get(recipe.pk, []) if one.pk not in seen]
    seen |= {one.pk for one in variants}
    return Branch(recipe, [_branch(one, family, seen) for one in variants])
