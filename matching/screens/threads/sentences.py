"""What is said when somebody is solicited too much, here and there alike."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SOLICITED_TOO_OFTEN = gettext_lazy(
    "Ce collectif a déjà reçu beaucoup de premiers messages cette semaine : laissons-lui le temps de répondre. "
    "Gardez le vôtre, et réessayez dans quelques jours."
)


def too_many_solicited() -> str:
    """How many others an organisation may write to first."""
    return _(
        "Votre organisation a déjà sollicité %(most)s organisations en sept jours : c’est la limite, pour que chacun "
        "puisse répondre. Répondre à qui vous écrit reste toujours possible."
    ) % {"most": settings.SOLICITATIONS_A_WEEK}
