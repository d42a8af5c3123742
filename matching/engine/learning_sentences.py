"""What a training says of itself, as French templates; screens translate them by their code."""

from matching.engine.sentences import gettext_noop

LEARNING_SENTENCES = {
    "rule.few": gettext_noop(
        "Trop peu de décisions : %(decisions)s, dont %(accepted)s accords et %(declined)s refus ; "
        "il en faut %(needed)s, et au moins %(each)s de chaque sorte. Les règles écrites à la main restent en place."
    ),
    "rule.no_later": gettext_noop(
        "Pas assez de besoins plus récents pour comparer : %(needs)s, il en faut %(needed)s. "
        "Le modèle en place est conservé."
    ),
    "refused.not_better": gettext_noop(
        "Les réponses plus récentes (%(needs)s besoins) ne sont pas assez sûrement mieux prévues : elles le sont dans "
        "%(share)s %% des tirages, il en faut %(needed)s %%. Le modèle en place est conservé."
    ),
    "refused.order": gettext_noop(
        "Sur les besoins plus récents, le classement est moins bon : meilleur dans %(share)s %% des tirages seulement."
    ),
    "refused.brier": gettext_noop(
        "Les probabilités sont moins justes que celles du modèle en place (Brier %(candidate)s contre %(champion)s)."
    ),
    "refused.calibration": gettext_noop(
        "Les probabilités s’écartent trop de ce qui arrive : %(ece)s, pour %(allowed)s au plus."
    ),
    "refused.territory.urban": gettext_noop("Les communes urbaines y perdraient : %(loss)s."),
    "refused.territory.rural": gettext_noop("Les communes rurales y perdraient : %(loss)s."),
    "refused.territory.overseas": gettext_noop("Les outre-mer y perdraient : %(loss)s."),
    "promoted.better": gettext_noop(
        "Réponses plus récentes mieux prévues dans %(foretold)s %% des tirages ; classement de %(needs)s besoins : "
        "%(gain)s de nDCG, meilleur dans %(share)s %% des tirages."
    ),
}
