"""The part of an offer's form that tells use rights: a usual bundle by its name, the table and the terms below it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.models import LICENCES, Extent, Holder, Offer, Right
from matching.catalogue.models.rights import RIGHTS_OF, Counterpart, Domain, Revocable, column
from matching.catalogue.rights import NAMES, PRESETS, AtOdds, Bundle, at_odds, of_public_domain, rights_of
from matching.screens import rights
from matching.screens.fields import CountField, TidyCharField

CUSTOM = "custom"

_EXTENTS = tuple(column(holder, right) for right in Right for holder in Holder if right in RIGHTS_OF[holder])
_CONDITIONS = tuple(f"{right}_condition" for right in Right)
_TERMS = tuple(name for name in NAMES if name not in (*_EXTENTS, *_CONDITIONS, "domain"))
#: What a right lets its holder do, and what it is called.
_RIGHTS = {
    Right.ACCESS: gettext_lazy("Accès : entrer, consulter"),
    Right.WITHDRAWAL: gettext_lazy("Usage : se servir de la ressource"),
    Right.MANAGEMENT: gettext_lazy("Gestion : aménager, programmer, enrichir"),
    Right.EXCLUSION: gettext_lazy("Exclusion : choisir qui d’autre l’utilise"),
    Right.ALIENATION: gettext_lazy("Cession : céder, sous-louer, reverser"),
}


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", gettext_lazy("Non précisé")), *choices], required=False)


class RightsPart(forms.Form):
    """Who may do what with the resource. Nothing typed: what an offer of this kind usually grants."""

    kind: ClassVar[str]
    has_domain: ClassVar[bool] = False

    preset = forms.ChoiceField(
        label=gettext_lazy("Comment voulez-vous partager ?"), widget=forms.RadioSelect, required=False
    )
    duration_months = CountField(label=gettext_lazy("Durée, en mois"), required=False, most=1200)
    hours = TidyCharField(
        label=gettext_lazy("Heures d’usage, si elles diffèrent des horaires"), required=False, max_length=300
    )
    revocable = _choice(gettext_lazy("Pouvez-vous y mettre fin avant le terme ?"), Revocable.choices)
    notice_days = CountField(label=gettext_lazy("Préavis, en jours"), required=False, most=1000)
    counterpart = _choice(gettext_lazy("Ce que vous espérez en retour est…"), Counterpart.choices)
    output_licence = _choice(gettext_lazy("Licence de ce que le collectif produira"), LICENCES)
    decides = TidyCharField(
        label=gettext_lazy("Qui décide des règles d’usage ?"),
        help_text=gettext_lazy("Par exemple : un comité de deux habitants, un agent et une élue."),
        required=False,
        max_length=200,
    )
    watches = TidyCharField(label=gettext_lazy("Qui veille à leur respect ?"), required=False, max_length=200)
    leaving = TidyCharField(
        label=gettext_lazy("Comment en sortir ?"),
        help_text=gettext_lazy("Par exemple : un mois pour rendre les clés, état des lieux ensemble."),
        required=False,
        max_length=500,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer: Offer | None = getattr(self, "listing", None)
        self._before = rights_of(offer) if offer else PRESETS[self.kind][0].bundle
        self.fields["preset"].choices = [
            *((preset.key, preset.label) for preset in PRESETS[self.kind]),
            (CUSTOM, gettext_lazy("Au cas par cas, dans le tableau")),
        ]
        for right in Right:
            self._add_right(right)
        if self.has_domain:
            self.fields["domain"] = _choice(gettext_lazy("À quel domaine appartient le lieu ?"), Domain.choices)
            self.fields["domain"].help_text = gettext_lazy(
                "Le domaine public ne se cède pas, et la collectivité peut toujours le reprendre."
            )
        self.initial.setdefault("preset", preset_of(self.kind, self._before))
        for name in NAMES:
            if name in self.fields:
                self.initial.setdefault(name, getattr(self._before, name))

    def _add_right(self, right: Right) -> None:
        for holder in Holder:
            if right in RIGHTS_OF[holder]:
                name = column(holder, right)
                self.fields[name] = forms.ChoiceField(
                    label=rights.label_of(name), choices=Extent.choices, required=False
                )
        name = f"{right}_condition"
        self.fields[name] = TidyCharField(label=rights.label_of(name), required=False, max_length=300)

    def check_rights(self) -> None:
        """Understand what was chosen, and say at each place what does not hold together."""
        values = self.cleaned_data
        bundle = replace(
            self._before,
            **self._extents(),
            **{name: values.get(name) or getattr(Bundle(), name) for name in (*_CONDITIONS, *_TERMS)},
            domain=values.get("domain") or "",
        )
        if bundle.domain == Domain.PUBLIC:
            bundle = of_public_domain(bundle)
        for broken in at_odds(bundle):
            self.add_error(broken.name, _sentence(broken))
        self.bundle = bundle

    def _extents(self) -> dict[str, Any]:
        """The table where somebody filled it in, else what the chosen name stands for."""
        before = {name: getattr(self._before, name) for name in _EXTENTS}
        table = {name: self.cleaned_data.get(name) or before[name] for name in _EXTENTS}
        was, chosen = self.initial["preset"], self.cleaned_data.get("preset") or self.initial["preset"]
        if chosen in (CUSTOM, was):
            return table
        bundle = next(preset.bundle for preset in PRESETS[self.kind] if preset.key == chosen)
        meant = {name: getattr(bundle, name) for name in _EXTENTS}
        if table not in (before, meant):
            self.add_error(
                "preset",
                _(
                    "Vous avez choisi une formule et changé le tableau. Pour garder votre tableau, cochez « Au cas par "
                    "cas »."
                ),
            )
        return meant

    @property
    def shown_rights(self) -> Bundle:
        """The rights as they stand in the form."""
        return getattr(self, "bundle", self._before)

    @property
    def rights_sentence(self) -> str:
        """What they let the collective do, for the words above the choice."""
        return rights.sentence([self.kind], self.shown_rights)

    @property
    def chips(self) -> list[rights.Chip]:
        """The same as icons."""
        return rights.chips(self.shown_rights)

    @property
    def preset_sentences(self) -> list[tuple[Any, str]]:
        """Each usual bundle and what it lets the collective do."""
        return [(preset.label, rights.sentence([self.kind], preset.bundle)) for preset in PRESETS[self.kind]]

    @property
    def rights_rows(self) -> Iterator[tuple[Any, list[forms.BoundField], forms.BoundField]]:
        """The table: each right, how far it goes for each holder, on which condition."""
        for right in Right:
            held = [self[column(holder, right)] for holder in Holder if right in RIGHTS_OF[holder]]
            yield _RIGHTS[right], held, self[f"{right}_condition"]

    @property
    def term_fields(self) -> list[forms.BoundField]:
        """The terms, in their order."""
        return [self[name] for name in _TERMS]

    @property
    def has_table_errors(self) -> bool:
        return any(name in self.errors for name in (*_EXTENTS, *_CONDITIONS))

    @property
    def has_term_errors(self) -> bool:
        return any(name in self.errors for name in _TERMS)


def preset_of(kind: str, bundle: Bundle) -> str:
    """The name under which officers know these extents; CUSTOM for none."""
    for preset in PRESETS[kind]:
        usual = of_public_domain(preset.bundle) if bundle.domain == Domain.PUBLIC else preset.bundle
        if all(getattr(usual, name) == getattr(bundle, name) for name in _EXTENTS):
            return preset.key
    return CUSTOM


def _sentence(broken: AtOdds) -> str:
    if broken.rule == "chain":
        said = _("Ce droit a besoin de l’autre : accordez aussi « %(needed)s », ou réduisez celui-ci.")
        return said % {"needed": Right(broken.needed).label}
    return _AT_ODDS[broken.rule]()


_AT_ODDS: Mapping[str, Any] = {
    "exclusion": lambda: _(
        "Quelqu’un doit garder l’exclusion : accordez-la à la collectivité, au collectif ou aux deux."
    ),
    "inalienable": lambda: _("Le domaine public ne se cède pas : choisissez « non »."),
    "precarious": lambda: _(
        "Sur le domaine public, l’accord peut toujours être repris : choisissez une autre réponse."
    ),
}
