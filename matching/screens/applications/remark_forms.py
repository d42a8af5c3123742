"""What one writes inside an application."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from matching.partnerships.services import LONGEST
from matching.screens.fields import FormKeyField, TidyCharField, text_area
from matching.screens.file_fields import FilesField


class RemarkForm(forms.Form):
    """A message to the other side."""

    form_key = FormKeyField(initial=uuid4)
    text = TidyCharField(
        label=gettext_lazy("Votre message"),
        help_text=gettext_lazy("L’autre partie le lit ici, et reçoit un e-mail. Votre adresse n’est pas montrée."),
        max_length=LONGEST,
        widget=text_area(4),
        error_messages={"required": gettext_lazy("Écrivez quelques mots avant d’envoyer.")},
    )
    files = FilesField(label=gettext_lazy("Pièces jointes"), required=False)


class NoteForm(RemarkForm):
    """A note among colleagues."""

    text = TidyCharField(
        label=gettext_lazy("Note interne"),
        help_text=gettext_lazy("Seule votre collectivité la lit. Elle peut être communiquée si la loi le demande."),
        max_length=LONGEST,
        widget=text_area(3),
        error_messages={"required": gettext_lazy("Écrivez quelques mots avant d’enregistrer.")},
    )
