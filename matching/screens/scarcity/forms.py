"""How much there is, and which hours are asked for."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.catalogue.envelopes import Room
from matching.catalogue.models import Offer
from matching.catalogue.past import week_of
from matching.catalogue.week import Hours
from matching.partnerships.scarcity import MOST_BOOKINGS, Occurrence
from matching.screens.fields import CountField, DayField, EurosField
from matching.screens.numbers import euros, number
from matching.screens.week import days_in_words, span


class EnvelopeForm(forms.Form):
    """How much there is, and for how many. An empty box has no limit."""

    total_cents = EurosField(
        label=gettext_lazy("Enveloppe"),
        help_text=gettext_lazy("Le total que vous pouvez accorder. Laissez vide s’il n’y a pas de limite."),
        required=False,
    )
    places = CountField(
        label=gettext_lazy("Nombre de bénéficiaires au plus"),
        help_text=gettext_lazy("Laissez vide s’il n’y a pas de limite."),
        required=False,
    )

    def __init__(self, *args: Any, has_money: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not has_money:
            del self.fields["total_cents"]


def given_already(room: Room) -> str:
    """Why a limit cannot lie there."""
    return ngettext(
        "Vous avez déjà accordé %(cents)s à %(count)s bénéficiaire : la limite ne peut pas être plus basse.",
        "Vous avez déjà accordé %(cents)s à %(count)s bénéficiaires : la limite ne peut pas être plus basse.",
        room.taken,
    ) % {"cents": euros(room.spent_cents), "count": number(room.taken)}


class HoursForm(forms.Form):
    """Which of the shown hours are asked for. What another page shows stays as it was asked."""

    starts = forms.MultipleChoiceField(
        label=gettext_lazy("Créneaux"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Un de ces créneaux n’est plus libre. Choisissez parmi ceux qui restent.")
        },
    )
    first = forms.DateTimeField(widget=forms.HiddenInput)
    last = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, free: Iterable[Occurrence], **options: Any) -> None:
        super().__init__(*args, **options)
        self.free = {hour.starts.isoformat(): hour for hour in free}
        self.fields["starts"].choices = [(key, key) for key in self.free]

    @property
    def chosen(self) -> set[Any]:
        """The hours that were ticked."""
        return {self.free[key].starts for key in self.cleaned_data["starts"]}

    def shows(self, starts: Any) -> bool:
        """Whether the page that was sent showed these hours."""
        return bool(self.cleaned_data["first"] <= starts <= self.cleaned_data["last"])


class WeeklyForm(forms.Form):
    """The same slot, every week."""

    slot = forms.ChoiceField(
        label=gettext_lazy("Créneau"),
        error_messages={
            "required": gettext_lazy("Choisissez un créneau."),
            "invalid_choice": gettext_lazy("Choisissez un créneau dans la liste."),
        },
    )
    starts = DayField(label=gettext_lazy("À partir du"), required=False)
    ends = DayField(label=gettext_lazy("Jusqu’au"), required=False)

    def __init__(self, *args: Any, offer: Offer, **options: Any) -> None:
        super().__init__(*args, **options)
        week = sorted(week_of(offer).hours, key=lambda hours: (hours.weekday, hours.opens))
        self.slots = {f"{hours.weekday}-{hours.opens:%H%M}-{hours.closes:%H%M}": hours for hours in week}
        self.fields["slot"].choices = [
            ("", _("Choisissez")),
            *(
                (key, f"{days_in_words([hours.weekday])}, {span(hours.opens, hours.closes)}")
                for key, hours in self.slots.items()
            ),
        ]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("La fin vient avant le début. Vérifiez les deux dates."))
        return values

    @property
    def chosen(self) -> Hours:
        """The slot of the week."""
        return self.slots[self.cleaned_data["slot"]]


def too_many() -> str:
    """So many hours at once cannot be asked for."""
    return _("C’est trop à la fois : %(most)s créneaux au plus. Choisissez une période plus courte.") % {
        "most": MOST_BOOKINGS
    }
