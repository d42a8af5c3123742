"""Conditions to apply in words: what each asks, what a check finds, and what would change it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from matching.catalogue.eligibility import Finding, Light, Rule, Verdict
from matching.catalogue.models import Audience, RuleKind
from matching.catalogue.vocabulary import theme_names
from matching.organisations.models import LegalForm
from matching.screens.facts import enumeration
from matching.screens.numbers import day, euros
from matching.screens.rights import months


class Said(NamedTuple):
    """A finding as people read it."""

    light: str
    label: str
    said: str
    mend: str
    """What would change it; empty where nothing need change."""
    bars: bool
    """Whether nobody may file as long as it is so."""


class SaidVerdict(NamedTuple):
    """All of a check: its light, one sentence, each finding."""

    light: str
    sentence: str
    findings: list[Said]
    bars: bool

    @property
    def doubts(self) -> list[Said]:
        """What is not green."""
        return [finding for finding in self.findings if finding.light != Light.GREEN]


def verdict_in_words(verdict: Verdict) -> SaidVerdict:
    """A check as people read it, what bars first, then red, orange, green."""
    order = [Light.RED, Light.ORANGE, Light.GREEN]
    findings = sorted(verdict.findings, key=lambda each: (not each.bars, order.index(each.light)))
    return SaidVerdict(verdict.light.value, _summary(verdict), [said(each) for each in findings], verdict.bars)


def _summary(verdict: Verdict) -> str:
    if not verdict.findings:
        return _("Cette offre ne pose aucune condition : vous pouvez candidater.")
    if verdict.bars:
        return _("En l’état, la collectivité n’accepte pas de dépôt : une condition qu’elle exige n’est pas remplie.")
    if red := len(verdict.of(Light.RED)):
        text = ngettext(
            "%(count)s condition n’est pas remplie. Vous pouvez candidater : la collectivité en jugera.",
            "%(count)s conditions ne sont pas remplies. Vous pouvez candidater : la collectivité en jugera.",
            red,
        )
        return text % {"count": red}
    if orange := len(verdict.of(Light.ORANGE)):
        text = ngettext(
            "Rien ne s’y oppose ; %(count)s point reste à préciser.",
            "Rien ne s’y oppose ; %(count)s points restent à préciser.",
            orange,
        )
        return text % {"count": orange}
    return _("Vous remplissez toutes les conditions de cette offre.")


def said(finding: Finding) -> Said:
    """One finding as people read it."""
    sentence, mend = _SAID[finding.kind](finding.case, finding.params)
    return Said(str(finding.light), str(RuleKind(finding.kind).label), sentence, mend, finding.bars)


def rule_in_words(rule: Rule) -> str:
    """One condition, for the page of the offer and its history."""
    asked = _ASKED[rule.kind](rule)
    return _("%(rule)s (exigé pour déposer)") % {"rule": asked} if rule.is_firm else asked


def rules_in_words(rules: Iterable[Rule]) -> list[str]:
    """The conditions of an offer, in their order."""
    return [rule_in_words(rule) for rule in rules]


def labels_of(kinds: Iterable[str]) -> str:
    """ "assurance et ancienneté" """
    return enumeration([str(RuleKind(kind).label).lower() for kind in kinds])


def forms_in_words(forms: Sequence[str]) -> str:
    """ "association, coopérative et collectif informel" """
    return enumeration([LegalForm(form).label.lower() for form in forms if form in LegalForm.values])


def audiences_in_words(audiences: Sequence[str]) -> str:
    """ "jeunes et familles" """
    return enumeration([str(Audience(each).label).lower() for each in audiences if each in Audience.values])


def themes_in_words(slugs: Sequence[str]) -> str:
    """The names of these themes."""
    names = theme_names(get_language() or "fr")
    return enumeration([names.get(slug, slug) for slug in slugs])


_ASKED: Mapping[str, Callable[[Rule], str]] = {
    RuleKind.LEGAL_FORM: lambda rule: _("Formes acceptées : %(forms)s") % {"forms": forms_in_words(rule.among)},
    RuleKind.PERIMETER: lambda rule: (
        _("Agir sur ce territoire : %(place)s") % {"place": rule.place_name}
        if rule.place_name
        else _("Agir sur le territoire de l’offre")
    ),
    RuleKind.AUDIENCE: lambda rule: _("Publics : %(publics)s") % {"publics": audiences_in_words(rule.among)},
    RuleKind.THEME: lambda rule: _("Thèmes : %(themes)s") % {"themes": themes_in_words(rule.among)},
    RuleKind.BUDGET: lambda rule: _("Budget du projet : %(most)s au plus") % {"most": euros(rule.most_cents or 0)},
    RuleKind.AGE: lambda rule: _("Exister depuis %(months)s au moins") % {"months": months(rule.months or 0)},
    RuleKind.INSURANCE: lambda rule: _("Avoir une assurance de responsabilité civile"),
    RuleKind.COMMITMENT: lambda rule: _("Souscrire le contrat d’engagement républicain avant l’attribution"),
    RuleKind.DE_MINIMIS: lambda rule: _("Rester sous le plafond européen d’aides, si vous vendez quelque chose"),
}


def _legal_form(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    forms, form = forms_in_words(told["forms"]), forms_in_words([told["form"]])
    if case == "unknown":
        return _("Formes acceptées : %(forms)s.") % {"forms": forms}, _("Dites la forme de votre collectif.")
    if case == "fits":
        return _("Votre forme est acceptée : %(form)s.") % {"form": form}, ""
    if case == "carried":
        carrier = forms_in_words([told["carrier"]])
        return _("Votre structure porteuse a une forme acceptée : %(form)s.") % {"form": carrier}, ""
    if case == "informal":
        return (
            _("Un collectif sans statut ne peut pas demander seul. Formes acceptées : %(forms)s.") % {"forms": forms},
            _("Trouver une structure de l’une de ces formes, qui vous porte et signe avec vous."),
        )
    return (
        _("Votre forme (%(form)s) n’est pas acceptée. Formes acceptées : %(forms)s.") % {"form": form, "forms": forms},
        _("Déposer avec une organisation de l’une de ces formes."),
    )


def _perimeter(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    asked, place = told["asked"], told.get("place")
    if case == "unknown":
        return _("Il faut agir sur ce territoire : %(asked)s.") % {"asked": asked}, _("Dites où vous agissez.")
    if case == "fits":
        return _("Vous agissez sur le territoire demandé : %(asked)s.") % {"asked": asked}, ""
    if case == "wider":
        return (
            _("Vous agissez plus largement que le territoire demandé : %(asked)s.") % {"asked": asked},
            _("Dire dans votre candidature ce que vous ferez sur ce territoire."),
        )
    sentence = (
        _("L’offre est pour ce territoire : %(asked)s. Vous agissez ailleurs : %(place)s.")
        % {"asked": asked, "place": place}
        if place
        else _("L’offre est pour ce territoire : %(asked)s. Vous agissez ailleurs.") % {"asked": asked}
    )
    return sentence, _("Mener le projet sur ce territoire, ou avec un collectif qui y agit.")


def _audience(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    publics = audiences_in_words(told["audiences"])
    if case == "unknown":
        return _("Publics attendus : %(publics)s.") % {"publics": publics}, _("Dites à qui s’adresse votre projet.")
    if case == "fits":
        return _("Votre projet s’adresse au public attendu : %(publics)s.") % {"publics": publics}, ""
    if case == "everybody":
        return (
            _("L’offre vise d’abord : %(publics)s. Votre projet s’adresse à tous.") % {"publics": publics},
            _("Dire dans votre candidature ce que ce public y trouvera."),
        )
    return (
        _("L’offre vise d’autres publics : %(publics)s.") % {"publics": publics},
        _("Ouvrir une partie du projet à l’un de ces publics."),
    )


def _theme(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    themes = themes_in_words(told["themes"])
    if case == "unknown":
        return _("Thèmes attendus : %(themes)s.") % {"themes": themes}, _("Choisissez les thèmes de votre projet.")
    if case == "fits":
        return _("Votre projet est dans le thème : %(themes)s.") % {"themes": themes}, ""
    if case == "wider":
        return (
            _("L’offre attend un thème plus précis : %(themes)s.") % {"themes": themes},
            _("Dire en quoi votre projet porte sur ce thème."),
        )
    return (
        _("L’offre est réservée à d’autres thèmes : %(themes)s.") % {"themes": themes},
        _("Déposer la partie de votre projet qui porte sur l’un de ces thèmes."),
    )


def _budget(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    most = euros(told["most"] or 0)
    if case == "unknown":
        return (
            _("Le budget du projet ne dépasse pas %(most)s.") % {"most": most},
            _("Dites le budget de votre projet, même à peu près."),
        )
    if case == "fits":
        return _("Votre budget tient dans la limite : %(most)s.") % {"most": most}, ""
    return (
        _("Votre budget (%(budget)s) dépasse la limite : %(most)s.") % {"budget": euros(told["budget"]), "most": most},
        _("Déposer une première étape du projet, dans cette limite."),
    )


def _age(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    asked = {"months": months(told["months"])}
    if case == "unknown":
        return _("Il faut exister depuis %(months)s.") % asked, _("Dites depuis quand votre collectif existe.")
    if case == "fits":
        return _("Votre collectif existe depuis assez longtemps : %(months)s au moins.") % asked, ""
    asked["day"] = day(_date(told["since"]))
    if case == "soon":
        return (
            _("Il faut exister depuis %(months)s : ce sera le cas le %(day)s, avant la clôture.") % asked,
            _("Déposer à partir du %(day)s.") % asked,
        )
    return (
        _("Il faut exister depuis %(months)s : ce sera le cas le %(day)s.") % asked,
        _("Attendre cette date, ou déposer avec une organisation plus ancienne."),
    )


def _insurance(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    return {
        "unknown": lambda: (
            _("L’offre demande une assurance de responsabilité civile."),
            _("Dites si vous en avez une."),
        ),
        "yes": lambda: (_("Vous êtes assurés. Une attestation vous sera demandée."), ""),
        "later": lambda: (
            _("Une assurance sera demandée avant de commencer."),
            _("Demander une attestation à votre assureur, ou à votre structure porteuse."),
        ),
        "no": lambda: (
            _("L’offre demande une assurance, et vous n’en avez pas."),
            _("Prendre une responsabilité civile, ou celle d’une structure qui vous porte."),
        ),
    }[case]()


def _commitment(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    return {
        "unknown": lambda: (
            _("Le contrat d’engagement républicain est à souscrire avant l’attribution, pas avant de candidater."),
            _("Dites si vous y êtes prêts."),
        ),
        "yes": lambda: (_("Vous avez souscrit le contrat d’engagement républicain."), ""),
        "later": lambda: (
            _("Le contrat d’engagement républicain reste à souscrire avant l’attribution."),
            _("Le lire avec vos membres ; il se signe avec le formulaire de demande."),
        ),
        "no": lambda: (
            _("Sans contrat d’engagement républicain, aucune aide publique ne peut être attribuée."),
            _("En parler avec vos membres, ou déposer avec une structure qui l’a souscrit."),
        ),
    }[case]()


def _de_minimis(case: str, told: Mapping[str, Any]) -> tuple[str, str]:
    ceiling, left = euros(told["ceiling"]), euros(told["left"])
    return {
        "unconcerned": lambda: (_("Vous ne vendez rien : le plafond européen d’aides ne vous concerne pas."), ""),
        "unknown": lambda: (
            _("Si vous vendez des biens ou des services, un plafond européen d’aides s’applique : %(ceiling)s.")
            % {"ceiling": ceiling},
            _("Dites si vous vendez quelque chose."),
        ),
        "add_up": lambda: (
            _("Vos aides « de minimis » de trois ans ne doivent pas dépasser %(ceiling)s.") % {"ceiling": ceiling},
            _("Additionner celles que vous avez reçues : chaque lettre d’attribution le dit."),
        ),
        "fits": lambda: (
            _("Il vous reste %(left)s sous le plafond européen d’aides sur trois ans.") % {"left": left},
            "",
        ),
        "over": lambda: (
            _("Le plafond européen d’aides sur trois ans est atteint : %(ceiling)s.") % {"ceiling": ceiling},
            _("Attendre que les plus anciennes aient trois ans, ou demander un soutien d’une autre nature."),
        ),
    }[case]()


_SAID: Mapping[str, Callable[[str, Mapping[str, Any]], tuple[str, str]]] = {
    RuleKind.LEGAL_FORM: _legal_form,
    RuleKind.PERIMETER: _perimeter,
    RuleKind.AUDIENCE: _audience,
    RuleKind.THEME: _theme,
    RuleKind.BUDGET: _budget,
    RuleKind.AGE: _age,
    RuleKind.INSURANCE: _insurance,
    RuleKind.COMMITMENT: _commitment,
    RuleKind.DE_MINIMIS: _de_minimis,
}


def _date(value: date | str) -> date:
    """A day, also from a stored finding."""
    return value if isinstance(value, date) else date.fromisoformat(value)
