"""What a person writes to the other side, or says when a suggestion is not for them."""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.partnerships.files import weight
from matching.partnerships.services import LONGEST
from matching.screens.fields import FormKeyField, TidyCharField, text_area
from matching.screens.file_fields import FilesField
from matching.suggestions.models import DismissReason


def _what_goes() -> str:
    return _("PDF, images, documents sans macros : %(count)s fichiers au plus, %(size)s chacun.") % {
        "count": settings.ATTACHMENTS_MOST,
        "size": weight(settings.ATTACHMENT_LARGEST),
    }


class MessageForm(forms.Form):
    """One relayed message. `form_key` makes a double click write it once."""

    form_key = FormKeyField(initial=uuid4)
    text = TidyCharField(
        label=gettext_lazy("Votre message"),
        help_text=gettext_lazy("Nous le transmettons. Votre adresse n’est pas montrée."),
        max_length=LONGEST,
        widget=text_area(5),
        error_messages={"required": gettext_lazy("Écrivez quelques mots avant d’envoyer.")},
    )
    files = FilesField(label=gettext_lazy("Pièces jointes"), help_text=lazy(_what_goes, str)(), required=False)


class DismissForm(forms.Form):
    """Why a suggestion does not fit. The reason stays with this side and teaches the matcher."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Pourquoi ?"),
        choices=DismissReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une raison : elle évite de vous en proposer d’autres semblables."),
            "invalid_choice": gettext_lazy("Choisissez une raison dans la liste."),
        },
    )
    note = TidyCharField(
        label=gettext_lazy("Un mot de plus"),
        help_text=gettext_lazy("L’autre partie ne le lira pas."),
        required=False,
        max_length=500,
        widget=text_area(2),
    )
