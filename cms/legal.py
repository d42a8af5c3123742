"""First words of the legal pages. Each installation makes them its own in the editor."""

from django.utils.html import format_html


def _who(operator: str, contact: str) -> str:
    if not operator:
        return (
            "<p>L’organisme qui héberge cette installation l’édite. Il ne s’est pas encore nommé ici : "
            "demandez-lui ses mentions légales.</p>"
        )
    return format_html(
        "<p>Ce service est édité et hébergé par {}, qui en dirige la publication.{}</p>",
        operator,
        format_html(" Adresse : {}.", contact) if contact else "",
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
    }


def accessibility_declaration(*, operator: str, contact: str) -> dict[str, object]:
    """What the first declaration says, before any audit: not conform, and no rate."""
    return {
        "title": "Accessibilité : non conforme",
        "operator": operator or "L’organisme qui édite ce service",
        "scope": "l’ensemble de ce site",
        "technologies": "HTML, CSS, un peu de JavaScript facultatif",
        "environments": "Navigation au clavier dans Chromium, à 360 et 1 280 pixels, en clair et en sombre.",
        "tools": "axe-core, à chaque modification du logiciel. Il ne remplace pas un audit.",
        "out_of_scope": "<p>Les cartes : chacune a sa liste, qui dit la même chose.</p>",
        "contact": _where_to_write(contact),
    }
