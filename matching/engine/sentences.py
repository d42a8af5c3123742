"""Every sentence that the engine says, as French templates; screens translate them by their code.

Sentences that speak to the reader come in two: `.need` for the collective who reads, `.offer` for the authority.
"""


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for translation; the engine itself speaks French."""
    return sentence


_REASONS = {
    "words": gettext_noop("Mots en commun : %(words)s"),
    "kin": gettext_noop("Mots de la même famille : %(words)s"),
    "bridge": gettext_noop("Un même sujet : « %(word)s » et « %(other)s »"),
    "neighbours": gettext_noop("Vocabulaires proches : %(word)s et %(other)s"),
    "theme": gettext_noop("Thème en commun : %(theme)s"),
    "theme_parent": gettext_noop("Thèmes proches : %(theme)s et %(other)s"),
    "kinds": gettext_noop("Même sorte de ressource : %(kinds)s"),
    "territory.same": gettext_noop("Même territoire : %(place)s"),
    "territory.part": gettext_noop("%(place)s fait partie %(of)s"),
    "territory.overlap": gettext_noop("Territoires qui se recoupent : %(place)s et %(other)s"),
    "territory.distance": gettext_noop("À %(km)s km : %(place)s"),
    "territory.same_commune": gettext_noop("Dans la même commune : %(place)s"),
    "territory.same_ept": gettext_noop("Dans le même établissement public territorial : %(place)s"),
    "territory.same_epci": gettext_noop("Dans la même intercommunalité : %(place)s"),
    "territory.same_departement": gettext_noop("Dans le même département : %(place)s"),
    "territory.same_region": gettext_noop("Dans la même région : %(place)s"),
    "territory.same_country": gettext_noop("En France, comme le besoin"),
    "perimeter": gettext_noop("Ouvert aux collectifs %(of)s"),
    "perimeter.country": gettext_noop("Ouvert à toute la France"),
    "need_perimeter": gettext_noop("Situé dans le périmètre voulu : %(place)s"),
    "amount.maximum": gettext_noop("Jusqu’à %(maximum)s € par projet"),
    "amount.minimum": gettext_noop("À partir de %(minimum)s € par projet"),
    "amount.fits": gettext_noop("Montants compatibles"),
    "capacity": gettext_noop("Capacité de %(capacity)s personnes, pour %(asked)s attendues"),
    "dates.all": gettext_noop("Disponible pendant toute la période voulue"),
    "dates.some": gettext_noop("%(days)s jours en commun, du %(first)s au %(last)s"),
    "dates.one": gettext_noop("Un jour en commun, le %(first)s"),
    "dates.from": gettext_noop("Périodes en commun à partir du %(first)s"),
    "dates.open": gettext_noop("Périodes compatibles"),
    "rights": gettext_noop("Droits demandés accordés : %(rights)s"),
    "legal_form": gettext_noop("Forme juridique acceptée : %(form)s"),
    "contribution": gettext_noop("L’apport du collectif répond à ce que la collectivité espère"),
}

_DOUBTS = {
    "against.ends.need": gettext_noop("Se termine %(days)s jours avant la fin de votre besoin"),
    "against.ends.offer": gettext_noop("Votre offre se termine %(days)s jours avant la fin du besoin"),
    "against.starts.need": gettext_noop("Commence %(days)s jours après le début de votre besoin"),
    "against.starts.offer": gettext_noop("Votre offre commence %(days)s jours après le début du besoin"),
    "against.ends_one.need": gettext_noop("Se termine un jour avant la fin de votre besoin"),
    "against.ends_one.offer": gettext_noop("Votre offre se termine un jour avant la fin du besoin"),
    "against.starts_one.need": gettext_noop("Commence un jour après le début de votre besoin"),
    "against.starts_one.offer": gettext_noop("Votre offre commence un jour après le début du besoin"),
    "against.capacity": gettext_noop("Capacité de %(capacity)s personnes, pour %(asked)s attendues"),
    "against.capacity_unknown": gettext_noop("Le nombre de personnes reçues n’est pas précisé"),
    "against.place_outside": gettext_noop("Se trouve hors du périmètre voulu : %(place)s"),
    "against.amount": gettext_noop("Au plus %(maximum)s € par projet, pour %(wanted)s € qui seraient utiles"),
    "against.amount_apart": gettext_noop(
        "Les montants ne se rencontrent pas : %(offered)s proposés, %(wanted)s cherchés"
    ),
    "against.opens": gettext_noop("Les candidatures n’ouvrent que le %(day)s"),
    "against.closes": gettext_noop("Les candidatures ferment le %(day)s, dans %(days)s jours"),
    "against.closes_tomorrow": gettext_noop("Les candidatures ferment demain"),
    "against.closes_today": gettext_noop("Les candidatures ferment aujourd’hui"),
    "against.far_region": gettext_noop("Dans une autre région : %(place)s"),
    "against.far_departement": gettext_noop("Dans un autre département : %(place)s"),
    "against.rights_unknown": gettext_noop("Les droits accordés ne sont pas précisés"),
}

_REFUSALS = {
    "refused.kinds": gettext_noop("Le besoin demande %(wanted)s, l’offre partage %(offered)s."),
    "refused.perimeter": gettext_noop("Réservé aux collectifs %(of)s ; territoire du besoin : %(place)s."),
    "refused.need_perimeter": gettext_noop("Le lieu se trouve hors du périmètre voulu (%(asked)s) : %(place)s."),
    "refused.amount_low": gettext_noop("Au plus %(maximum)s € par projet, pour au moins %(wanted)s € nécessaires."),
    "refused.amount_high": gettext_noop("Au moins %(minimum)s € par projet, pour %(wanted)s € utilisables au plus."),
    "refused.capacity": gettext_noop("Le lieu reçoit %(capacity)s personnes, pour %(asked)s attendues."),
    "refused.dates_ended": gettext_noop("L’offre se termine le %(last)s, le besoin commence le %(first)s."),
    "refused.dates_late": gettext_noop("L’offre commence le %(first)s, le besoin se termine le %(last)s."),
    "refused.rights": gettext_noop("Droits demandés et non accordés : %(rights)s."),
    "refused.legal_form": gettext_noop("Réservé à d’autres formes juridiques (%(forms)s) que %(form)s."),
    "refused.status": gettext_noop("L’annonce n’est pas publiée."),
    "refused.closes": gettext_noop("Les candidatures sont closes depuis le %(day)s."),
}

_MENDS = {
    "mend.kinds.need": gettext_noop("Chercher aussi %(offered)s."),
    "mend.kinds.offer": gettext_noop("Partager aussi %(wanted)s."),
    "mend.perimeter.need": gettext_noop(
        "S’associer à un collectif %(of)s, ou demander à la collectivité d’élargir son offre."
    ),
    "mend.perimeter.offer": gettext_noop("Ouvrir l’offre à : %(place)s."),
    "mend.need_perimeter.need": gettext_noop("Élargir le périmètre du lieu à : %(place)s."),
    "mend.need_perimeter.offer": gettext_noop("Proposer un lieu dans le périmètre voulu : %(asked)s."),
    "mend.amount_low.need": gettext_noop("Accepter %(maximum)s €, et compléter par un autre financement."),
    "mend.amount_low.offer": gettext_noop("Porter le maximum par projet à %(wanted)s €."),
    "mend.amount_high.need": gettext_noop("Monter un projet d’au moins %(minimum)s €, seul ou à plusieurs."),
    "mend.amount_high.offer": gettext_noop("Abaisser le minimum par projet à %(wanted)s €."),
    "mend.capacity.need": gettext_noop("Accepter %(capacity)s personnes, ou venir en plusieurs groupes."),
    "mend.capacity.offer": gettext_noop("Proposer un lieu de %(asked)s personnes, ou recevoir en plusieurs fois."),
    "mend.dates_ended.need": gettext_noop("Commencer au plus tard le %(last)s."),
    "mend.dates_ended.offer": gettext_noop("Prolonger l’offre jusqu’au %(first)s au moins."),
    "mend.dates_late.need": gettext_noop("Attendre le %(first)s."),
    "mend.dates_late.offer": gettext_noop("Ouvrir l’offre dès le %(last)s au plus tard."),
    "mend.rights.need": gettext_noop("Se passer de : %(rights)s, ou en parler avec la collectivité."),
    "mend.rights.offer": gettext_noop("Accorder aussi : %(rights)s."),
    "mend.legal_form.need": gettext_noop("Se faire porter par une structure acceptée : %(forms)s."),
    "mend.legal_form.offer": gettext_noop("Accepter aussi la forme : %(form)s."),
    "mend.status": gettext_noop("Publier l’annonce."),
    "mend.closes.need": gettext_noop("Attendre la prochaine ouverture, ou demander un délai."),
    "mend.closes.offer": gettext_noop("Rouvrir les candidatures."),
}

SENTENCES = _REASONS | _DOUBTS | _REFUSALS | _MENDS

KINDS = {
    "data": gettext_noop("des données"),
    "place": gettext_noop("un lieu"),
    "funding": gettext_noop("un financement"),
}
RIGHTS = {
    "access": gettext_noop("accès"),
    "withdrawal": gettext_noop("usage"),
    "management": gettext_noop("gestion"),
    "exclusion": gettext_noop("exclusion"),
    "alienation": gettext_noop("cession"),
}
