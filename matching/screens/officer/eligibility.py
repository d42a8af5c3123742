"""The part of an offer's form that composes the conditions to apply: tick, fill in, say which are firm."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.eligibility import MOST_MONTHS, Rule, written_rules
from matching.catalogue.models import Audience, Kind, Offer, RuleKind
from matching.screens.eligibility import labels_of
from matching.screens.fields import CountField, EurosField

_FIELDS = (
    "rule_audience",
    "rule_theme",
    "rule_budget",
    "rule_age",
    "rule_insurance",
    "rule_commitment",
    "rule_de_minimis",
    "rule_firm",
)
_YES_OR_NO = (RuleKind.INSURANCE, RuleKind.COMMITMENT, RuleKind.DE_MINIMIS)


class EligibilityPart(forms.Form):
    """On which conditions a collective may apply. Nothing filled in: none beside the forms and the territory."""

    kind: ClassVar[str]

    rule_audience = forms.MultipleChoiceField(
        label=gettext_lazy("À qui le projet doit-il s’adresser ?"),
        help_text=gettext_lazy("Un de ces publics suffit. Ne cochez rien pour les accueillir tous."),
        choices=[choice for choice in Audience.choices if choice[0] != Audience.EVERYBODY],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    rule_theme = forms.MultipleChoiceField(
        label=gettext_lazy("Sur quels thèmes ?"),
        help_text=gettext_lazy("Un de ces thèmes suffit. Ne cochez rien pour les accepter tous."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    rule_budget = EurosField(
        label=gettext_lazy("Budget du projet au plus"),
        help_text=gettext_lazy("En euros. Celui de tout le projet, pas la somme que vous donnez."),
        required=False,
    )
    rule_age = CountField(label=gettext_lazy("Exister depuis combien de mois ?"), required=False, most=MOST_MONTHS)
    rule_insurance = forms.BooleanField(
        label=gettext_lazy("Avoir une assurance de responsabilité civile"), required=False
    )
    rule_commitment = forms.BooleanField(
        label=gettext_lazy("Souscrire le contrat d’engagement républicain avant l’attribution"),
        help_text=gettext_lazy("La loi le demande pour toute subvention, en argent ou en nature."),
        required=False,
    )
    rule_de_minimis = forms.BooleanField(
        label=gettext_lazy("Signaler le plafond européen d’aides (« de minimis »)"),
        help_text=gettext_lazy("Pour les collectifs qui vendent des biens ou des services."),
        required=False,
    )
    rule_firm = forms.MultipleChoiceField(
        label=gettext_lazy("Sans quelles conditions le dépôt est-il impossible ?"),
        help_text=gettext_lazy(
            "Pour les autres, le collectif lit ce qui lui manque et peut déposer : c’est vous qui jugez."
        ),
        choices=RuleKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        themes = self.fields["themes"].known
        self.fields["rule_theme"].choices = [
            (theme.slug, theme.name) for theme in themes.values() if theme.parent_id is None
        ]
        offer: Offer | None = getattr(self, "listing", None)
        rules = written_rules(offer) if offer else self._usual_rules()
        self._keep_finer_themes(rules)
        for name, value in _initial(rules).items():
            self.initial.setdefault(name, value)

    def _usual_rules(self) -> list[Rule]:
        """What a new offer of this kind asks unless told otherwise."""
        return [Rule(kind=RuleKind.COMMITMENT)] if self.kind == Kind.FUNDING else []

    def _keep_finer_themes(self, rules: list[Rule]) -> None:
        """A theme that an import asked for more finely stays among the choices."""
        themes = self.fields["themes"].known
        held = {slug for rule in rules if rule.kind == RuleKind.THEME for slug in rule.among}
        shown = {slug for slug, _label in self.fields["rule_theme"].choices}
        self.fields["rule_theme"].choices += [
            (slug, themes[slug].name) for slug in sorted(held - shown) if slug in themes
        ]

    def clean_rule_age(self) -> int | None:
        """No months at all is no condition."""
        return self.cleaned_data["rule_age"] or None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        unasked = [kind for kind in values.get("rule_firm") or () if kind not in self._asked()]
        if unasked:
            self.add_error(
                "rule_firm",
                ValidationError(
                    _("Vous exigez une condition que l’offre ne pose pas : %(kinds)s. Posez-la, ou décochez-la ici.")
                    % {"kinds": labels_of(unasked)}
                ),
            )
        return values

    def _asked(self) -> set[str]:
        """The kinds of the conditions that the form poses."""
        values = self.cleaned_data
        asked = {kind for kind in RuleKind.values if values.get(f"rule_{kind}") not in (None, "", [], False)}
        asked |= {RuleKind.LEGAL_FORM.value} if values.get("legal_forms") else set()
        return asked | ({RuleKind.PERIMETER.value} if values.get("perimeter") else set())

    @property
    def told_eligibility(self) -> list[Rule]:
        """The rules that the form tells, for the service."""
        values, firm = self.cleaned_data, set(self.cleaned_data.get("rule_firm") or ())
        return [
            Rule(
                kind=kind,
                among=tuple(values.get(f"rule_{kind}") or ()) if kind in (RuleKind.AUDIENCE, RuleKind.THEME) else (),
                most_cents=values.get("rule_budget") if kind == RuleKind.BUDGET else None,
                months=values.get("rule_age") if kind == RuleKind.AGE else None,
                is_firm=kind in firm,
            )
            for kind in RuleKind.values
            if kind in self._asked() and (kind in firm or f"rule_{kind}" in self.fields)
        ]

    @property
    def condition_fields(self) -> list[forms.BoundField]:
        """The fields of the conditions, in their order."""
        return [self[name] for name in _FIELDS]

    @property
    def has_condition_errors(self) -> bool:
        return any(name in self.errors for name in _FIELDS)


def _initial(rules: list[Rule]) -> dict[str, Any]:
    """How the fields stand for these rules."""
    by_kind = {rule.kind: rule for rule in rules}
    nothing = Rule(kind="")
    return {
        "rule_audience": list(by_kind.get(RuleKind.AUDIENCE, nothing).among),
        "rule_theme": list(by_kind.get(RuleKind.THEME, nothing).among),
        "rule_budget": by_kind.get(RuleKind.BUDGET, nothing).most_cents,
        "rule_age": by_kind.get(RuleKind.AGE, nothing).months,
        **{f"rule_{kind}": kind in by_kind for kind in _YES_OR_NO},
        "rule_firm": [rule.kind for rule in rules if rule.is_firm],
    }
