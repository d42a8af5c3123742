"""What people write about a convention: its next version, an act, a date, a comment."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.partnerships.conventions import (
    LONGEST_CLAUSE,
    LONGEST_COMMENT,
    MOST_COMMITMENTS,
    Draft,
    Promise,
    library_texts,
)
from matching.partnerships.models import Bearer, ConventionVersion, Form, Measure, Partnership
from matching.screens.fields import (
    CountField,
    DayField,
    EurosField,
    FormKeyField,
    TidyCharField,
    VersionField,
    text_area,
)
from matching.screens.numbers import day

# Empty lines below the commitments that are there already.
_NEW_LINES = 3


class ActForm(forms.Form):
    """The act that binds the authority."""

    reference = TidyCharField(
        label=gettext_lazy("Référence de l’acte"),
        help_text=gettext_lazy("Le numéro de la délibération ou de la décision, par exemple 2026-11-042."),
        max_length=100,
    )
    on = DayField(
        label=gettext_lazy("Date de l’acte"),
        error_messages={"required": gettext_lazy("Indiquez la date de l’acte.")},
    )


class EngagementForm(forms.Form):
    """When an association subscribed to the contrat d’engagement républicain."""

    on = DayField(
        label=gettext_lazy("Souscrit le"),
        help_text=gettext_lazy("La loi le demande aux associations et fondations avant toute aide, en argent ou non."),
        error_messages={"required": gettext_lazy("Indiquez la date.")},
    )


class CommentForm(forms.Form):
    """A word about one clause."""

    form_key = FormKeyField(initial=uuid4)
    clause = TidyCharField(max_length=40, widget=forms.HiddenInput)
    text = TidyCharField(
        label=gettext_lazy("Votre remarque"),
        max_length=LONGEST_COMMENT,
        widget=text_area(3),
        error_messages={"required": gettext_lazy("Écrivez quelques mots.")},
    )


class VersionForm(forms.Form):
    """The next version: its terms, its clauses and its commitments, on one page.

    Its boxes come from the version that it continues: one per clause, one line per commitment. `based_on` is that
    version, `seen` the latest one that its writer has seen.
    """

    form_key = FormKeyField(initial=uuid4)
    based_on = VersionField(required=False)
    seen = VersionField(required=False)
    form = forms.ChoiceField(
        label=gettext_lazy("Forme de l’accord"),
        help_text=gettext_lazy(
            "Une convention a plus de clauses. La loi la demande au-dessus de 23 000 € par an, en argent et en nature. "
            "Changer de forme ajoute ses clauses : vous les relirez ensuite."
        ),
        choices=Form.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez un pacte simple ou une convention.")},
    )
    starts = DayField(label=gettext_lazy("À partir du"), required=False)
    ends = DayField(label=gettext_lazy("Jusqu’au"), required=False)
    review_on = DayField(label=gettext_lazy("On se revoit le"), required=False)
    in_kind_text = TidyCharField(
        label=gettext_lazy("Ce qui est donné sans argent"),
        help_text=gettext_lazy("Un local, du matériel, du temps d’agents…"),
        max_length=500,
        required=False,
    )
    in_kind_cents = EurosField(
        label=gettext_lazy("Sa valeur"),
        help_text=gettext_lazy("Elle compte comme une subvention, avec l’argent versé."),
        required=False,
    )
    note = TidyCharField(
        label=gettext_lazy("Ce qui change, et pourquoi"),
        help_text=gettext_lazy("Une phrase pour l’autre partie."),
        max_length=500,
        required=False,
    )
    new_title = TidyCharField(label=gettext_lazy("Titre d’une clause de plus"), max_length=120, required=False)
    new_text = TidyCharField(
        label=gettext_lazy("Texte de cette clause"), max_length=LONGEST_CLAUSE, required=False, widget=text_area(4)
    )

    def __init__(self, *args: Any, partnership: Partnership, version: ConventionVersion, **options: Any) -> None:
        initial = {
            name: getattr(version, name)
            for name in ("form", "starts", "ends", "review_on", "in_kind_text", "in_kind_cents")
        } | {"based_on": version.number, "seen": version.number}
        super().__init__(*args, **{**options, "initial": initial})
        self.partnership, self.version = partnership, version
        self.clauses = self._clauses()
        self.promises: list[tuple[int, UUID]] = []
        for key, title, text in self.clauses:
            self.fields[f"clause_{key}"] = TidyCharField(
                label=title,
                max_length=LONGEST_CLAUSE,
                required=False,
                initial=text,
                widget=text_area(max(3, min(12, text.count("\n") * 2 + len(text) // 90 + 1))),
            )
        for place in range(min(MOST_COMMITMENTS, len(version.commitments) + _NEW_LINES)):
            self._add_promise(place)

    def clause_fields(self) -> list[BoundField]:
        """The boxes of the clauses, in order."""
        return [self[f"clause_{key}"] for key, _title, _text in self.clauses]

    def promise_fields(self) -> Iterator[dict[str, BoundField]]:
        """The lines of the commitments."""
        for place, _key in self.promises:
            yield {name: self[f"promise_{place}_{name}"] for name in ("text", "bearer", "measure", "quantity", "due")}

    def draft(self) -> Draft:
        """What a valid form says."""
        values = self.cleaned_data
        typed = {key: (title, values[f"clause_{key}"]) for key, title, _text in self.clauses}
        clauses = [
            (key, title, typed[key][1] if key in typed else text)
            for key, title, text in library_texts(self.partnership, values["form"])
        ]
        clauses += [(key, title, text) for key, (title, text) in typed.items() if key.startswith("own-") and text]
        if values["new_text"]:
            clauses.append((f"own-{uuid4().hex[:8]}", values["new_title"] or _("Autre"), values["new_text"]))
        return Draft(
            form=values["form"],
            clauses=[(key, title, text) for key, title, text in clauses if text],
            promises=list(self._promises()),
            in_kind_cents=values["in_kind_cents"] or 0,
            in_kind_text=values["in_kind_text"],
            starts=values["starts"],
            ends=values["ends"],
            review_on=values["review_on"],
            note=values["note"],
        )

    def parted_from(self, other: ConventionVersion) -> list[tuple[str, str, str]]:
        """Where another version says something else than what was typed: (what, there, here)."""
        there = {row["key"]: row["text"] for row in other.clauses}
        titles = {row["key"]: row["title"] for row in other.clauses}
        draft = self.draft()
        here = {key: text for key, _title, text in draft.clauses}
        titles |= {key: title for key, title, _text in draft.clauses}
        rows = [(titles[key], there.get(key, ""), here.get(key, "")) for key in titles]
        for name in ("starts", "ends", "review_on", "in_kind_text", "in_kind_cents"):
            stored, typed = getattr(other, name), self.cleaned_data[name]
            rows.append((str(self.fields[name].label), self._in_words(name, stored), self._in_words(name, typed)))
        return [row for row in rows if row[1] != row[2]]

    def _in_words(self, name: str, value: Any) -> str:
        if not value:
            return ""
        return day(value) if isinstance(value, date) else str(self.fields[name].prepare_value(value))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("new_title") and not values.get("new_text") and "new_text" not in self.errors:
            self.add_error("new_text", _("Écrivez le texte de cette clause, ou effacez son titre."))
        for place, _key in self.promises:
            rest = [values.get(f"promise_{place}_{name}") for name in ("quantity", "due")]
            if any(rest) and not values.get(f"promise_{place}_text"):
                self.add_error(f"promise_{place}_text", _("Dites ce qui est promis, ou effacez la ligne."))
        return values

    def _clauses(self) -> list[tuple[str, str, str]]:
        """Those of the library in its order, with the words of the version; then those that somebody added."""
        held = {row["key"]: row for row in self.version.clauses}
        library = library_texts(self.partnership, self.version.form)
        own = [row for row in self.version.clauses if row["key"].startswith("own-")]
        return [
            *((key, title, held[key]["text"] if key in held else "") for key, title, _text in library),
            *((row["key"], row["title"], row["text"]) for row in own),
        ]

    def _add_promise(self, place: int) -> None:
        rows = self.version.commitments
        row = rows[place] if place < len(rows) else {}
        self.promises.append((place, UUID(row["key"]) if row else uuid4()))
        name = f"promise_{place}"
        measure = row.get("measure", Measure.OTHER)
        self.fields[f"{name}_text"] = TidyCharField(
            label=_("Engagement %(number)s") % {"number": place + 1},
            max_length=300,
            required=False,
            initial=row.get("text", ""),
        )
        self.fields[f"{name}_bearer"] = forms.ChoiceField(
            label=_("De qui"), choices=Bearer.choices, initial=row.get("bearer", Bearer.COLLECTIVE)
        )
        self.fields[f"{name}_measure"] = forms.ChoiceField(
            label=_("Ce qui se compte"), choices=Measure.choices, initial=measure
        )
        quantity = row.get("quantity")
        if quantity is not None and measure == Measure.EUROS:
            quantity = quantity // 100 if quantity % 100 == 0 else f"{quantity / 100:.2f}"
        self.fields[f"{name}_quantity"] = TidyCharField(
            label=_("Combien"), required=False, initial=quantity, max_length=40
        )
        self.fields[f"{name}_due"] = DayField(label=_("Pour le"), required=False, initial=row.get("due"))

    def _clean_form(self) -> None:
        """Read each quantity as what its line counts: euros to the cent, the rest whole."""
        for place, _key in self.promises:
            name = f"promise_{place}_quantity"
            typed, measure = self.cleaned_data.get(name), self.cleaned_data.get(f"promise_{place}_measure")
            field = EurosField(required=False) if measure == Measure.EUROS else CountField(required=False)
            try:
                self.cleaned_data[name] = field.clean(typed)
            except forms.ValidationError as error:
                self.add_error(name, error)
        super()._clean_form()  # type: ignore[misc]

    def _promises(self) -> Iterator[Promise]:
        for place, key in self.promises:
            said = {
                name: self.cleaned_data[f"promise_{place}_{name}"]
                for name in ("text", "bearer", "measure", "quantity", "due")
            }
            if said["text"]:
                yield Promise(key=key, **said)
