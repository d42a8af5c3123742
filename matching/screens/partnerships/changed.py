"""Two versions of a convention, part by part: what each says, and where they differ word by word."""

from collections.abc import Iterator
from dataclasses import dataclass

from matching.screens.differences import Piece, differences
from matching.screens.partnerships.document import Document, Items, Table


@dataclass(frozen=True)
class Part:
    """One article in both versions; an empty text where a version has none."""

    title: str
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after

    @property
    def pieces(self) -> list[Piece]:
        return differences(self.before, self.after)


def changed_parts(before: Document, after: Document) -> list[Part]:
    """Every article that either version has, in the order of the later one; what has left comes last."""
    old, new = dict(_texts(before)), dict(_texts(after))
    titles = {article.key: article.title for article in (*before.articles, *after.articles)}
    return [Part(titles[key], old.get(key, ""), new.get(key, "")) for key in [*new, *(old.keys() - new.keys())]]


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    for article in document.articles:
        lines = list(article.paragraphs)
        for part in article.below:
            if isinstance(part, Items):
                lines += [f"{part.title} : {item}" for item in part.items]
            elif isinstance(part, Table):
                lines += [" – ".join(cell for cell in row if cell) for row in part.rows]
        yield article.key, "\n".join(lines)
