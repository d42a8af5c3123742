"""The matcher's own names for what counts, in people's words."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.screens.reasons import sentence
from matching.suggestions.wording import template

_ELLIPSIS = "…"

# What each part of a score compares, and how, by the engine's names.
PARTS = {
    "words": (
        gettext_lazy("Les mots en commun"),
        gettext_lazy("Un mot rare compte plus qu’un mot courant. Répéter un mot n’ajoute presque rien."),
    ),
    "fragments": (
        gettext_lazy("Les morceaux de mots"),
        gettext_lazy("« Réparer » et « réparation » sont rapprochés, même avec une faute de frappe."),
    ),
    "phrases": (
        gettext_lazy("Les mots qui se suivent"),
        gettext_lazy("« Jardin partagé » dit plus que « jardin » et « partagé » séparés."),
    ),
    "neighbourhood": (
        gettext_lazy("Le vocabulaire voisin"),
        gettext_lazy("Des mots différents que les offres emploient souvent ensemble."),
    ),
    "bridge": (
        gettext_lazy("Les notions"),
        gettext_lazy("Un lexique écrit à la main : « vélo », « cycle » et « bicyclette » disent la même chose."),
    ),
    "themes": (
        gettext_lazy("Les thèmes choisis"),
        gettext_lazy("Le même thème précis compte plus que la même famille de thèmes."),
    ),
    "kinds": (
        gettext_lazy("La sorte de ressource"),
        gettext_lazy("Données, lieu ou financement : ce que l’un cherche, l’autre le partage."),
    ),
    "territory": (
        gettext_lazy("La proximité"),
        gettext_lazy(
            "Même commune, puis même intercommunalité, même département, même région. Deux communes toutes proches"
            " comptent aussi par leurs kilomètres, là où le service connaît leurs coordonnées."
        ),
    ),
    "perimeter": (
        gettext_lazy("Le territoire auquel l’offre est ouverte"),
        gettext_lazy("Plus il est proche de celui du besoin, plus il compte."),
    ),
    "need_perimeter": (
        gettext_lazy("La zone où le lieu est cherché"),
        gettext_lazy("Un lieu dans la zone, et près de son centre."),
    ),
    "amount": (
        gettext_lazy("Le montant"),
        gettext_lazy("Les deux fourchettes se recoupent. Plus le montant possible est élevé, plus cela compte."),
    ),
    "capacity": (gettext_lazy("Le nombre de personnes"), gettext_lazy("Le lieu est assez grand.")),
    "dates": (
        gettext_lazy("Les dates"),
        gettext_lazy("Plus les deux périodes ont de jours en commun, plus cela compte."),
    ),
    "rights": (
        gettext_lazy("Les droits d’usage"),
        gettext_lazy("Les droits demandés sont accordés. S’il y en a d’autres, cela compte davantage."),
    ),
    "legal_form": (
        gettext_lazy("La forme du collectif"),
        gettext_lazy("L’offre la nomme parmi celles qu’elle accepte."),
    ),
    "contribution": (
        gettext_lazy("L’apport du collectif"),
        gettext_lazy("Ses mots rejoignent ce que la collectivité dit espérer."),
    ),
}

# What a learned model weighs besides these parts, by the engine's names.
FEATURES = {
    "rule": gettext_lazy("La règle écrite à la main, entière"),
    "text": gettext_lazy("Tous les mots ensemble"),
    "near": gettext_lazy("Une grande proximité"),
    "amount_share": gettext_lazy("La part du montant cherché qui est couverte"),
    "room": gettext_lazy("Les places au-delà du nombre voulu"),
    "dates_share": gettext_lazy("La part de la période voulue qui est couverte"),
}

GATES = {
    "kinds": gettext_lazy("La sorte de ressource"),
    "perimeter": gettext_lazy("Le territoire auquel l’offre est ouverte"),
    "need_perimeter": gettext_lazy("La zone où le lieu est cherché"),
    "amount": gettext_lazy("Le montant"),
    "capacity": gettext_lazy("Le nombre de personnes"),
    "dates": gettext_lazy("Les dates"),
    "rights": gettext_lazy("Les droits d’usage"),
    "legal_form": gettext_lazy("La forme du collectif"),
    "status": gettext_lazy("La publication"),
    "closes": gettext_lazy("Le dépôt des candidatures"),
}

TERRITORIES = {
    "urban": gettext_lazy("Villes"),
    "rural": gettext_lazy("Campagnes"),
    "overseas": gettext_lazy("Outre-mer"),
    "untold": gettext_lazy("Sans commune précise"),
}

# What a suggestion has read, by the parts of its score that say something. Several parts read the same thing.
_READ = {
    "words fragments phrases bridge neighbourhood": gettext_lazy("les mots des deux annonces"),
    "themes": gettext_lazy("leurs thèmes"),
    "kinds": gettext_lazy("la sorte de ressource"),
    "territory perimeter need_perimeter": gettext_lazy("leurs territoires, d’après la géographie officielle"),
    "amount": gettext_lazy("les montants"),
    "capacity": gettext_lazy("le nombre de personnes"),
    "dates": gettext_lazy("les dates"),
    "rights": gettext_lazy("les droits d’usage"),
    "legal_form": gettext_lazy("la forme du collectif"),
    "contribution": gettext_lazy("l’apport du collectif et ce que la collectivité espère"),
}


def data_read(parts: Mapping[str, float]) -> str:
    """ "les mots des deux annonces, leurs thèmes": what counted for a pair, never how much."""
    counted = {name for name, part in parts.items() if part}
    return ", ".join(str(said) for names, said in _READ.items() if counted & set(names.split()))


def part_name(name: str) -> str:
    """What a part of the score, or a feature of a learned model, compares; its own name where nobody named it."""
    return str(PARTS[name][0]) if name in PARTS else str(FEATURES.get(name, name))


def part_manner(name: str) -> str:
    """In which manner it counts."""
    return str(PARTS[name][1]) if name in PARTS else ""


def gate_name(gate: str) -> str:
    """What a condition looks at."""
    return str(GATES.get(gate, gate))


def territory_kind(kind: str) -> str:
    """A kind of territory."""
    return str(TERRITORIES.get(kind, kind))


def bare_sentence(code: str) -> SafeString:
    """A sentence of the engine with « … » wherever it speaks of one pair; empty for no code."""
    names: Iterable[str] = re.findall(r"%\((\w+)\)s", template(code)) if code else ()
    gaps: dict[str, Any] = dict.fromkeys(names, _ELLIPSIS)
    # A sentence that ends with the gap has its full stop already.
    return SafeString(sentence(code, gaps).replace(f"{_ELLIPSIS}.", _ELLIPSIS)) if code else SafeString("")


def sum_of(weights: Iterable[Any]) -> float:
    """What all parts together add at most."""
    return sum(weight.most for weight in weights)


def served_by(version: str) -> str:
    """ "moteur 1.1, statistiques 20261123T031500-ab12cd, modèle …" from the version that a suggestion keeps."""
    engine, _slash, rest = version.partition("/")
    state, _plus, model = rest.partition("+")
    said = [_("moteur %(version)s") % {"version": engine}]
    if state and state != "base":
        said.append(_("statistiques %(version)s") % {"version": state})
    if model:
        said.append(_("modèle appris %(version)s") % {"version": model})
    return ", ".join(said)
