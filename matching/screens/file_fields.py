"""Boxes for files: read by their content, refused with a sentence, never filled in again by a browser."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from matching.partnerships.files import CleanFile, Refused, check_size, clean_file, clean_files

_TAKEN = ".pdf,.jpg,.jpeg,.png,.webp,.odt,.ods,.odp,.docx,.xlsx,.pptx,.txt,.csv,.json"


class FilesInput(forms.ClearableFileInput):
    """A box that takes several files; a browser never fills it in again."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class FilesField(forms.Field):
    """Files to join. Cleans to a list of CleanFile; one that may not go is named, and why."""

    widget = FilesInput(attrs={"accept": _TAKEN})

    def clean(self, value: Any) -> list[CleanFile]:
        try:
            for file in value or ():
                # Told before a single byte is read.
                check_size(file.name, file.size)
            return clean_files([(file.name, file.read()) for file in value or ()])
        except Refused as refused:
            raise ValidationError(str(refused)) from None


class OneFileField(forms.FileField):
    """One file. Cleans to a CleanFile, None where none was chosen."""

    widget = forms.FileInput(attrs={"accept": _TAKEN})

    def clean(self, value: Any, initial: Any = None) -> CleanFile | None:
        try:
            if value:
                check_size(value.name, value.size)
            file = super().clean(value, initial)
            return clean_file(file.name, file.read()) if file else None
        except Refused as refused:
            raise ValidationError(str(refused)) from None
