"""The official numbers of an organisation: who signs or receives needs them. Its owners write them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from stdnum.fr import siret

from matching.organisations.services import WrongNumber, set_numbers
from matching.organisations.validators import validate_rna, validate_siret
from matching.screens.access import enter_desk
from matching.screens.fields import TidyCharField


class NumbersForm(forms.Form):
    """SIRET, and RNA for an association."""

    siret = TidyCharField(
        label=gettext_lazy("SIRET"),
        help_text=gettext_lazy("Quatorze chiffres. Il est demandé à qui donne et à qui reçoit une aide."),
        required=False,
        max_length=30,
    )
    rna = TidyCharField(
        label=gettext_lazy("Numéro RNA"),
        help_text=gettext_lazy("Pour une association déclarée : W et neuf caractères."),
        required=False,
        max_length=30,
    )

    def __init__(self, *args: Any, with_rna: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not with_rna:
            del self.fields["rna"]

    def clean_siret(self) -> str:
        number = siret.compact(self.cleaned_data["siret"].replace("\u00a0", "").replace("\u202f", ""))
        if number:
            validate_siret(number)
        return number

    def clean_rna(self) -> str:
        number = "".join(self.cleaned_data["rna"].split()).upper()
        if number:
            validate_rna(number)
        return number


@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest, slug: str) -> HttpResponse:
    """Owners: the numbers of their organisation."""
    desk = enter_desk(request, slug)
    organisation = desk.organisation
    if not desk.manages:
        raise Http404
    form = NumbersForm(
        request.POST or None,
        with_rna=not organisation.is_authority,
        initial={"siret": organisation.siret, "rna": organisation.rna},
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_numbers(organisation=organisation, by=request.user, **form.cleaned_data)
            messages.success(request, _("Les numéros sont enregistrés."))
            return redirect("members", slug)
        except WrongNumber:
            form.add_error("siret", _wrong(organisation.is_informal, organisation.siren))
    return render(request, "member/numbers.html", {"desk": desk, "form": form})


def _wrong(is_informal: bool, siren: str) -> str:
    if is_informal:
        return _("Un collectif informel n’a pas de numéro. Effacez-le, ou passez par la structure qui vous porte.")
    return _("Ce SIRET n’est pas le vôtre : il doit commencer par %(siren)s.") % {"siren": siren}
