"""Photos of a place at the desk: add one with what it shows, say it anew, take it away; and the files themselves."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.static import serve

from matching.catalogue.models import Kind, Offer
from matching.catalogue.photos import MOST_PHOTOS, TooManyPhotos, add_photo, describe_photo, remove_photo
from matching.catalogue.pictures import LEAST_SIDE, MOST_BYTES, MOST_PIXELS, BadPicture, read_picture
from matching.screens.access import Desk, listing_to_change
from matching.screens.fields import TidyCharField
from matching.screens.limits import PHOTOS, TOO_MANY_REQUESTS, is_over
from matching.screens.waiting import listing_url

_LONGEST_TEXT = 300
_A_DAY = 24 * 3600


def _text_field() -> TidyCharField:
    return TidyCharField(
        label=gettext_lazy("Ce que montre la photo"),
        help_text=gettext_lazy(
            "Une phrase, pour qui ne la voit pas. Par exemple : la salle vue de l’entrée, tables en U, baies au sud."
        ),
        max_length=_LONGEST_TEXT,
        error_messages={"required": gettext_lazy("Dites en une phrase ce que montre la photo.")},
    )


class PhotoTextForm(forms.Form):
    """What a photo shows."""

    text = _text_field()


class PhotoForm(PhotoTextForm):
    """One photo with what it shows. Cleans `photo` to pixels."""

    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        help_text=gettext_lazy("JPEG, PNG ou WebP, 15 Mo au plus. Le lieu et la date de la prise de vue sont effacés."),
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy("Choisissez une photo sur votre appareil."),
            "invalid": gettext_lazy("Choisissez une photo sur votre appareil."),
        },
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    field_order = ("photo", "text")

    def clean_photo(self) -> Any:
        sent = self.cleaned_data["photo"]
        try:
            return read_picture(sent.file, sent.size)
        except BadPicture as refused:
            raise ValidationError(_why_not(refused.code)) from refused


def _why_not(code: str) -> str:
    return {
        "format": _("Ce fichier n’est pas une photo que nous savons lire. Envoyez un fichier JPEG, PNG ou WebP."),
        "heic": _(
            "Cette photo est au format HEIC, celui de certains téléphones, que nous ne savons pas lire. Enregistrez-la "
            "en JPEG : sur un iPhone, Réglages, Appareil photo, Formats, « Le plus compatible »."
        ),
        "bytes": _("Cette photo pèse plus de %(most)s Mo. Réduisez-la, ou choisissez-en une plus légère.")
        % {"most": MOST_BYTES // 1_000_000},
        "pixels": _(
            "Cette photo est trop grande : %(most)s millions de pixels au plus. Réduisez-la avant de l’envoyer."
        )
        % {"most": MOST_PIXELS // 1_000_000},
        "small": _("Cette photo est trop petite : il faut au moins %(least)s pixels de côté.") % {"least": LEAST_SIDE},
        "broken": _("Ce fichier est abîmé ou incomplet. Choisissez-le de nouveau, ou prenez une autre photo."),
    }[code]


def show_photos(request: HttpRequest, desk: Desk, uuid: UUID) -> HttpResponse:
    """The photos of a place, and the form that adds one."""
    offer = _place_to_change(desk, uuid)
    form = PhotoForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        form = PhotoForm(request.POST, request.FILES)
        if is_over(request, PHOTOS):
            form.add_error(None, PHOTOS.sentence)
            status = TOO_MANY_REQUESTS
        elif form.is_valid() and _added(offer, form):
            messages.success(request, _("La photo est ajoutée."))
            return redirect(listing_url(offer, "photos"))
    context = {
        "desk": desk,
        "listing": offer,
        "listing_url": listing_url(offer),
        "form": form,
        "most": MOST_PHOTOS,
        "photos": [
            (photo, PhotoTextForm(initial={"text": photo.text}, auto_id=f"id_{photo.pk}_%s"))
            for photo in offer.photos.all()
        ],
    }
    return render(request, "officer/photos.html", context, status=status)


def change_photo(request: HttpRequest, desk: Desk, uuid: UUID, key: int) -> HttpResponse:
    """Say anew what a photo shows, or take it away, as the button says."""
    offer = _place_to_change(desk, uuid)
    photo = get_object_or_404(offer.photos, pk=key)
    if request.POST.get("action") == "remove":
        remove_photo(photo=photo)
        messages.success(request, _("La photo est retirée."))
        return redirect(listing_url(offer, "photos"))
    form = PhotoTextForm(request.POST)
    if form.is_valid():
        describe_photo(photo=photo, text=form.cleaned_data["text"])
        messages.success(request, _("Le texte de la photo est changé."))
    else:
        messages.error(request, " ".join(form.errors["text"]))
    return redirect(listing_url(offer, "photos"))


@login_not_required
@require_safe
def photo_file(request: HttpRequest, path: str) -> HttpResponse:
    """A photo as a browser shows it. Its name is its key; what it says to be is what it is."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    if response.status_code == 200:
        response["Content-Type"] = "image/webp"
    response["Cache-Control"] = f"public, max-age={_A_DAY}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _place_to_change(desk: Desk, uuid: UUID) -> Offer:
    offer = listing_to_change(desk, Offer, uuid)
    if Kind.PLACE not in offer.kinds:
        raise Http404
    return offer


def _added(offer: Offer, form: PhotoForm) -> bool:
    try:
        add_photo(offer=offer, image=form.cleaned_data["photo"], text=form.cleaned_data["text"])
    except TooManyPhotos:
        form.add_error(None, _("Cette offre a déjà %(most)s photos : retirez-en une d’abord.") % {"most": MOST_PHOTOS})
        return False
    return True
