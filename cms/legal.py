"""First words of the legal pages. Each installation makes them its own in the editor."""

from django.utils.html import format_html


def _who(operator: str, contact: str) -> str:
    if not operator:
        return (
            "<p>L’organisme qui héberge cette installation l’édite. Il ne s’est pas encore nommé ici : "
            "demandez-lui ses mentions légales.</p>"
        )
    return format_html(
        "<p>Ce service est édité et hébergé par {}, qui en dirige la publication.{}</p>",
        operator,
        format_html(" Adresse : {}.", contact) if contact else "",
    )


def _where_to_write(contact: str) -> str:
    if not contact:
        return "<p>Écrivez à l’organisme qui édite ce service pour obtenir le contenu sous une autre forme.</p>"
    return format_html("<p>Écrivez à {} pour obtenir le contenu sous une autre forme.</p>", contact)


def _body(*blocks: tuple[str, object]) -> list[dict[str, object]]:
    return [{"type": kind, "value": value} for kind, value in blocks]


def legal_pages(*, operator: str, contact: str) -> dict[str, tuple[str, list[dict[str, object]]]]:
    """Title and body by slug, naming who answers for the installation where it has said so."""
    return {
        "mentions-legales": (
            "Mentions légales",
            _body(
                ("heading", "Qui édite ce service"),
                ("paragraph", _who(operator, contact)),
                ("heading", "Le logiciel"),
                (
                    "paragraph",
                    "<p>Le logiciel est libre : chacun peut le lire, le copier, le modifier et le redistribuer "
                    "sous la licence AGPL, version 3 ou ultérieure.</p>",
                ),
                ("heading", "Les données publiques utilisées"),
                (
                    "paragraph",
                    "<p>Les territoires viennent du découpage administratif officiel, diffusé par Etalab sous "
                    "Licence Ouverte 2.0, millésime 2026.</p>",
                ),
            ),
        ),
        "donnees-personnelles": (
            "Données personnelles",
            _body(
                ("heading", "Ce que nous gardons"),
                (
                    "paragraph",
                    "<p>Votre adresse e-mail, le nom que vous affichez, les organisations pour lesquelles "
                    "vous agissez, et ce que vous publiez. Rien d’autre.</p>",
                ),
                ("heading", "Qui voit quoi"),
                (
                    "paragraph",
                    "<p>Votre adresse n’est jamais montrée. Les messages passent par le service. Les offres et "
                    "les besoins publiés sont publics ; vos brouillons ne le sont pas.</p>",
                ),
                ("heading", "Les rapprochements"),
                (
                    "paragraph",
                    "<p>Ils sont calculés à partir des textes, des thèmes, des territoires et des quantités "
                    "publiés. Aucune donnée sur les personnes n’y entre. Ils ne décident de rien.</p>",
                ),
                ("heading", "Pas de pistage"),
                (
                    "paragraph",
                    "<p>Aucun contenu ne vient d’un autre site. Les seuls témoins de connexion servent à rester "
                    "connecté et à choisir la langue : ils ne demandent pas votre accord.</p>",
                ),
                ("heading", "Vos droits"),
                (
                    "paragraph",
                    "<p>Vous pouvez consulter, corriger ou faire effacer vos données, et vous opposer à leur "
                    "usage. Écrivez à l’organisme qui édite ce service : il répond dans le mois. Vous pouvez "
                    "aussi saisir la CNIL.</p>",
                ),
            ),
        ),
        "accessibilite": (
            "Accessibilité : non conforme",
            _body(
                (
                    "paragraph",
                    "<p>L’organisme qui édite ce service s’engage à le rendre accessible, conformément à "
                    "l’article 47 de la loi n° 2005-102 du 11 février 2005. Cette déclaration s’applique à "
                    "l’ensemble de ce site.</p>",
                ),
                ("heading", "État de conformité"),
                (
                    "paragraph",
                    "<p>Ce site est <b>non conforme</b> au référentiel général d’amélioration de l’accessibilité : "
                    "aucun audit complet n’a encore été mené. Des tests automatiques sont faits à chaque "
                    "modification du logiciel. Ils ne remplacent pas un audit.</p>",
                ),
                ("heading", "Contenus non accessibles"),
                (
                    "paragraph",
                    "<p>Faute d’audit, la liste n’est pas établie. Si un contenu vous résiste, dites-le-nous : "
                    "c’est le plus court chemin pour le corriger.</p>",
                ),
                ("heading", "Établissement de cette déclaration"),
                (
                    "paragraph",
                    "<p>Technologies : HTML, CSS, un peu de JavaScript facultatif. Outils : axe-core et "
                    "navigation au clavier dans Chromium, à 360 et 1 280 pixels, en clair et en sombre.</p>",
                ),
                ("heading", "Retour d’information et contact"),
                ("paragraph", _where_to_write(contact)),
                ("heading", "Voies de recours"),
                (
                    "paragraph",
                    "<p>Sans réponse satisfaisante, vous pouvez écrire au Défenseur des droits, sur son site, "
                    "auprès de son délégué près de chez vous, ou par courrier gratuit : Défenseur des droits, "
                    "Libre réponse 71120, 75342 Paris CEDEX 07.</p>",
                ),
            ),
        ),
    }
