"""What a training says of itself, as French templates; screens translate them by their code."""

from matching.engine.sentences import gettext_noop

LEARNING_SENTENCES = {
    "rule.few": gettext_noop(
        "Il y a encore trop peu de réponses : %(decisions)s, dont %(accepted)s oui et %(declined)s non. "
        "Il en faut %(needed)s, avec au moins %(each)s oui et %(each)s non. Ce qui était en service le reste."
    ),
    "rule.no_later": gettext_noop(
        "Il y a trop peu de besoins plus récents pour comparer : %(needs)s, il en faut %(needed)s. "
        "Ce qui était en service le reste."
    ),
    "refused.chance": gettext_noop(
        "Les %(answers)s réponses se distinguent trop peu du hasard : données au hasard, elles iraient aussi souvent "
        "aux offres les mieux accordées dans %(share)s %% des cas, pour %(allowed)s %% au plus. Ce qui était en "
        "service le reste."
    ),
    "refused.not_better": gettext_noop(
        "Sur %(needs)s besoins plus récents, rien n’assure que ce modèle prévoit mieux les réponses : il le fait dans "
        "%(share)s %% des comparaisons tirées au sort, il en faut %(needed)s %%. Ce qui était en service le reste."
    ),
    "refused.order": gettext_noop(
        "Sur les besoins plus récents, ce modèle range moins bien les offres : il ne fait mieux que dans "
        "%(share)s %% des comparaisons tirées au sort."
    ),
    "refused.brier": gettext_noop(
        "Ses probabilités sont moins justes que celles de ce qui était en service : leur erreur (score de Brier) est "
        "de %(candidate)s, contre %(champion)s."
    ),
    "refused.calibration": gettext_noop(
        "Ses probabilités s’écartent trop de ce qui arrive vraiment : de %(ece)s en moyenne, pour %(allowed)s au plus."
    ),
    "refused.territory.urban": gettext_noop(
        "Pour les besoins des communes urbaines, la liste serait moins bien rangée : %(loss)s de moins, sur 1."
    ),
    "refused.territory.rural": gettext_noop(
        "Pour les besoins des communes rurales, la liste serait moins bien rangée : %(loss)s de moins, sur 1."
    ),
    "refused.territory.overseas": gettext_noop(
        "Pour les besoins des outre-mer, la liste serait moins bien rangée : %(loss)s de moins, sur 1."
    ),
    "promoted.better": gettext_noop(
        "Les réponses plus récentes sont mieux prévues dans %(foretold)s %% des comparaisons tirées au sort. "
        "Les listes de %(needs)s besoins sont mieux rangées dans %(share)s %% d’entre elles : %(gain)s en moyenne, "
        "sur 1."
    ),
}
