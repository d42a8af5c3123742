"""What tells whether anything that anybody may read has changed."""

from secrets import randbits

from django.db import models


def _unlike_any_other() -> int:
    return randbits(31)


class Edition(models.Model):
    """One change of what is public, written in the change's own transaction: both are kept, or neither.

    Rows are only added, so that nobody who publishes waits for anybody else. See matching.catalogue.editions.
    """

    # Keys come again after a rollback or in a restored database; these do not.
    mark = models.BigIntegerField(default=_unlike_any_other)

    def __str__(self) -> str:
        return f"{self.pk}-{self.mark}"
