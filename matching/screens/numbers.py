"""Numbers, amounts and dates as people read them, in the language of the screen."""

from datetime import date, datetime

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_NBSP = "\u00a0"


def number(value: int) -> str:
    """A whole number with its groups of three."""
    return number_format(value, use_l10n=True, force_grouping=True)


def euros(cents: int) -> str:
    """An amount in cents as euros; cents are said only where there are some."""
    amount = number_format(cents / 100, decimal_pos=2 if cents % 100 else 0, use_l10n=True, force_grouping=True)
    return f"€{amount}" if get_language() == "en" else f"{amount}{_NBSP}€"


def amounts(smallest: int | None, largest: int | None) -> str:
    """A range of amounts in cents; either end may be unknown. Empty when both are."""
    if smallest and largest:
        if smallest == largest:
            return euros(largest)
        return _("de %(smallest)s à %(largest)s") % {"smallest": euros(smallest), "largest": euros(largest)}
    if largest:
        return _("jusqu’à %(largest)s") % {"largest": euros(largest)}
    if smallest:
        return _("à partir de %(smallest)s") % {"smallest": euros(smallest)}
    return ""


def day(value: date) -> str:
    """A day in words; the first of a month is « 1er » in French."""
    if get_language() == "en":
        return date_format(value, "j F Y", use_l10n=True)
    number_of_day = "1er" if value.day == 1 else str(value.day)
    return f"{number_of_day}{_NBSP}{date_format(value, 'F Y', use_l10n=True)}"


def clock(value: datetime) -> str:
    """A time of the day: « 14 h 02 »."""
    return date_format(localtime(value), "H:i" if get_language() == "en" else f"G{_NBSP}\\h{_NBSP}i")


def period(starts: date | None, ends: date | None) -> str:
    """A period whose either end may be open. Empty when both are."""
    if starts and ends:
        if starts == ends:
            return _("le %(day)s") % {"day": day(starts)}
        return _("du %(starts)s au %(ends)s") % {"starts": day(starts), "ends": day(ends)}
    if ends:
        return _("jusqu’au %(ends)s") % {"ends": day(ends)}
    if starts:
        return _("à partir du %(starts)s") % {"starts": day(starts)}
    return ""
