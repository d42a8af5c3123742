"""What mails say of applications, of who takes part in them, and of partnerships."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.notices import subjects
from matching.notices.lines import Line, absolute, one_line
from matching.partnerships.models import Application, Assessor, Partnership, Party, Remark, Verb
from matching.partnerships.moves import MOVES, Side
from matching.people.models import Person

#: By the last move, as the other side reads it.
_MOVED = {
    Verb.FILE: gettext_lazy("%(who)s a déposé une candidature : « %(title)s »."),
    Verb.CORRECT: gettext_lazy("%(who)s a corrigé sa candidature « %(title)s »."),
    Verb.WITHDRAW: gettext_lazy("%(who)s retire sa candidature « %(title)s »."),
    Verb.TAKE_UP: gettext_lazy("%(who)s commence à étudier votre candidature « %(title)s »."),
    Verb.GIVE_BACK: gettext_lazy("%(who)s vous rend la main : vous pouvez de nouveau changer « %(title)s »."),
    Verb.ASK_CORRECTION: gettext_lazy("%(who)s vous demande de corriger votre candidature « %(title)s »."),
    Verb.ACCEPT: gettext_lazy("%(who)s retient votre candidature « %(title)s ». Lisez la suite."),
    Verb.DECLINE: gettext_lazy("%(who)s ne retient pas votre candidature « %(title)s ». Lisez pourquoi."),
    Verb.CLOSE: gettext_lazy("%(who)s classe sans suite votre candidature « %(title)s ». Lisez pourquoi."),
    Verb.REEXAMINE: gettext_lazy("%(who)s reprend l’étude de votre candidature « %(title)s »."),
}
_ANSWERED = {
    Party.Consent.GIVEN: gettext_lazy("%(who)s est d’accord pour la candidature « %(title)s »."),
    Party.Consent.REFUSED: gettext_lazy("%(who)s ne prend pas part à la candidature « %(title)s »."),
    Party.Consent.LEFT: gettext_lazy("%(who)s se retire de la candidature « %(title)s »."),
}
_AWAITED = (Verb.FILE, Verb.CORRECT, Verb.ASK_CORRECTION)

#: What may happen in a partnership; anything else is « du nouveau ».
_HAPPENED = {
    "version": gettext_lazy("Une version de la convention vous attend : « %(title)s »."),
    "validated": gettext_lazy("Une partie a validé la convention : « %(title)s ». Relisez-la et validez-la."),
    "act": gettext_lazy("La collectivité a indiqué l’acte qui l’engage pour « %(title)s »."),
    "engagement": gettext_lazy("La date de l’engagement républicain est indiquée pour « %(title)s »."),
    "copy": gettext_lazy("Un exemplaire signé à la main est joint au partenariat « %(title)s »."),
    "given": gettext_lazy("L’autre partie a noté ce qu’elle a donné dans le partenariat « %(title)s »."),
    "inventory": gettext_lazy("L’état des lieux du partenariat « %(title)s » a une nouvelle ligne."),
    "story": gettext_lazy("Le partenariat « %(title)s » est proposé à la rédaction comme une réussite à raconter."),
    "comment": gettext_lazy("Une remarque sur une clause de la convention : « %(title)s »."),
    "amended": gettext_lazy("Toutes les parties ont validé l’avenant : « %(title)s »."),
    "reviewed": gettext_lazy("Un point a été fait sur le partenariat « %(title)s »."),
    "dispute_opened": gettext_lazy("Une conciliation est demandée dans le partenariat « %(title)s »."),
    "dispute_step": gettext_lazy("La conciliation avance dans le partenariat « %(title)s »."),
    "dispute_closed": gettext_lazy("La conciliation est terminée dans le partenariat « %(title)s »."),
    "signed": gettext_lazy("Les deux parties ont validé la convention : « %(title)s »."),
    "milestone": gettext_lazy("Une étape du partenariat « %(title)s » a avancé."),
    "review": gettext_lazy("Il est temps de faire le point sur le partenariat « %(title)s »."),
    "renewal": gettext_lazy("Le partenariat « %(title)s » se termine bientôt : le prolongez-vous ?"),
    "ended": gettext_lazy("Le partenariat « %(title)s » est terminé."),
    "broken": gettext_lazy("Le partenariat « %(title)s » s’arrête avant son terme. Lisez pourquoi."),
    "cancelled": gettext_lazy("Le partenariat « %(title)s » est annulé avant signature."),
}

#: What somebody waits for.
_TO_ANSWER = ("version", "validated", "review", "renewal", "dispute_opened", "dispute_step")


def moves(told: list[str], desks: set[int]) -> Iterator[Line]:
    """Where applications stand that the other side has moved; what has moved on since is told as it stands now."""
    for application in _applications(told):
        steps = list(application.steps.all())
        if not steps or not application.filed_at:
            continue
        verb = Verb(steps[-1].verb)
        mover = MOVES[verb].side
        if verb in _MOVED and desks & _readers(application, mover):
            who = application.applicant if mover == Side.APPLICANT else application.offer.organisation
            yield Line(
                _MOVED[verb] % {"who": one_line(who.name), "title": one_line(application.title)},
                absolute("application", application.uuid),
                is_awaited=verb in _AWAITED,
            )


def remarks(told: list[str], desks: set[int]) -> Iterator[Line]:
    """The last word inside each application, to the side that has not written it."""
    rows = Remark.objects.filter(application__in=subjects.keys(told, subjects.REMARK), is_internal=False)
    in_order = rows.select_related("application__offer", "application__applicant", "organisation").order_by("at", "id")
    for remark in {remark.application_id: remark for remark in in_order}.values():
        application = remark.application
        mover = Side.AUTHORITY if remark.organisation_id == application.offer.organisation_id else Side.APPLICANT
        if desks & _readers(application, mover):
            said = _("%(who)s vous a écrit dans le dossier « %(title)s ».")
            names = {"who": one_line(remark.organisation.name), "title": one_line(application.title)}
            yield Line(said % names, f"{absolute('application', application.uuid)}#messages", is_awaited=True)


def owed(told: list[str], person: Person, desks: set[int]) -> Iterator[Line]:
    """The answers that applications still wait for; what was answered in between is told no more."""
    rows = Application.objects.filter(pk__in=subjects.keys(told, subjects.SILENCE), reminded_at__isnull=False)
    for application in rows.select_related("offer", "applicant").order_by("pk"):
        debtor = application.applicant_id if application.correction else application.offer.organisation_id
        if application.quiet_since is None or debtor not in desks:
            continue
        if application.correction:
            said = _("La correction de votre candidature « %(title)s » est toujours attendue.")
        elif application.second_officer_id == person.pk:
            said = _("« %(title)s », de %(who)s, attend une réponse depuis longtemps. Pouvez-vous le reprendre ?")
        else:
            said = _("%(who)s attend votre réponse à sa candidature « %(title)s ».")
        names = {"who": one_line(application.applicant.name), "title": one_line(application.title)}
        yield Line(said % names, absolute("application", application.uuid), is_awaited=True)


def namings(told: list[str], person: Person) -> Iterator[Line]:
    """Calls whose applications this person is asked to assess."""
    rows = Assessor.objects.active().filter(pk__in=subjects.keys(told, subjects.ASSESSOR), person=person)
    for row in rows.select_related("call__offer__organisation").order_by("pk"):
        offer = row.call.offer
        names = {"who": one_line(offer.organisation.name), "title": one_line(offer.title)}
        said = _("%(who)s vous demande d’évaluer les candidatures de l’appel « %(title)s ».") % names
        yield Line(said, absolute("call_assess", offer.uuid), is_awaited=True)


def parties(told: list[str], desks: set[int]) -> Iterator[Line]:
    """Who is asked to take part, and who has answered."""
    rows = Party.objects.filter(pk__in=subjects.keys(told, subjects.PARTY))
    for party in rows.select_related("application__applicant", "application__offer", "organisation").order_by("pk"):
        application = party.application
        readers = {application.applicant_id}
        if party.consent == Party.Consent.LEFT and application.filed_at:
            readers.add(application.offer.organisation_id)
        names = {"title": one_line(application.title), "who": one_line(party.organisation.name)}
        said = ""
        if party.consent == Party.Consent.ASKED:
            if party.organisation_id in desks and application.is_open_to_applicant:
                names["who"] = one_line(application.applicant.name)
                said = (
                    _("%(who)s vous demande de porter sa candidature « %(title)s ».")
                    if party.role == Party.Role.CARRIER
                    else _("%(who)s vous propose de candidater ensemble : « %(title)s ».")
                )
        elif readers & desks:
            said = _ANSWERED[Party.Consent(party.consent)]
        if said:
            url = absolute("application", application.uuid)
            yield Line(said % names, url, is_awaited=party.consent == Party.Consent.ASKED)


def partnerships(told: list[str], desks: set[int]) -> Iterator[Line]:
    """What has happened in partnerships."""
    whats: dict[int, list[str]] = {}
    for subject in told:
        name, key, what = subject.split(":", 2)
        if name == subjects.PARTNERSHIP:
            whats.setdefault(int(key), []).append(what)
    rows = Partnership.objects.filter(pk__in=whats).prefetch_related("parties").order_by("pk")
    for partnership in rows:
        if desks & {partnership.authority_id, *(party.organisation_id for party in partnership.parties.all())}:
            url = absolute("partnership", partnership.uuid)
            for what in dict.fromkeys(whats[partnership.pk]):
                said = _HAPPENED.get(what) or _("Du nouveau dans le partenariat « %(title)s ».")
                yield Line(said % {"title": one_line(partnership.title)}, url, is_awaited=what in _TO_ANSWER)


def _applications(told: Sequence[str]) -> list[Application]:
    rows = Application.objects.filter(pk__in=subjects.keys(list(told), subjects.APPLICATION))
    return list(rows.with_sides().prefetch_related("steps").order_by("pk"))


def _readers(application: Application, mover: Side) -> set[int]:
    """The organisations of the other side."""
    if mover == Side.APPLICANT:
        return {application.offer.organisation_id}
    agreed = {party.organisation_id for party in application.parties.all() if party.consent == Party.Consent.GIVEN}
    return {application.applicant_id} | agreed
