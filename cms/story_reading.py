"""The page on which a party of a partnership says its words, reads the story, and agrees or not."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.models import Testimony
from cms.storytelling import Changed, answer_reading, story_of, testify
from matching.screens.fields import TidyCharField
from matching.screens.partnerships.place import Place, enter, enter_to_act


class TestimonyForm(forms.Form):
    """What one would like told. A quote needs a name and a consent."""

    words = TidyCharField(
        label=gettext_lazy("Ce que vous en dites"),
        help_text=gettext_lazy("Deux ou trois phrases, comme vous les diriez."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )
    who = TidyCharField(
        label=gettext_lazy("Qui parle"),
        help_text=gettext_lazy("Un prénom et un rôle suffisent."),
        max_length=160,
        required=False,
    )
    may_quote = forms.BooleanField(label=gettext_lazy("Cette personne accepte d’être citée"), required=False)
    hard = TidyCharField(
        label=gettext_lazy("Ce qui a été difficile"),
        help_text=gettext_lazy("C’est ce qui aide le plus ceux qui voudront essayer."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
    )

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if values.get("may_quote") and values.get("words") and not values.get("who"):
            self.add_error("who", _("Dites qui parle : une citation a un nom."))
        return values


class AnswerForm(forms.Form):
    """Yes to this very version, or what must change."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    agrees = forms.TypedChoiceField(
        label=gettext_lazy("Votre réponse"),
        choices=[("1", gettext_lazy("Nous sommes d’accord")), ("0", gettext_lazy("Il faut changer quelque chose"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    remark = TidyCharField(
        label=gettext_lazy("Ce qu’il faut changer"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if values.get("agrees") is False and not values.get("remark"):
            self.add_error("remark", _("Dites ce qu’il faut changer, en quelques mots."))
        return values


@require_http_methods(["GET", "HEAD", "POST"])
def story_reading(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirmed members of its parties read; owners and members write."""
    place = enter_to_act(request, uuid) if request.method == "POST" else enter(request, uuid)
    found = Testimony.objects.filter(partnership=place.partnership, organisation=place.organisation).first()
    story = story_of(place.partnership)
    latest = story.latest_revision if story else None
    says = TestimonyForm(request.POST if _is("say", request) else None, initial=vars(found) if found else None)
    answer = AnswerForm(
        request.POST if _is("answer", request) else None, initial={"revision": latest.pk if latest else None}
    )
    if says.is_bound and says.is_valid():
        return _testify(request, place, says)
    if answer.is_bound and answer.is_valid():
        return _answer(request, place, answer)
    context = {
        "place": place,
        "partnership": place.partnership,
        "testimony": found,
        "says": says,
        "answer": answer,
        "story": latest.as_object() if latest else None,
        "is_out": bool(story and story.live),
        "has_agreed": bool(found and latest and found.agreed_revision_id == latest.pk),
    }
    return render(request, "cms/story_reading.html", context)


def _is(verb: str, request: HttpRequest) -> bool:
    return request.POST.get("do") == verb


def _testify(request: HttpRequest, place: Place, form: TestimonyForm) -> HttpResponse:
    testify(partnership=place.partnership, organisation=place.organisation, person=place.person, **form.cleaned_data)
    messages.success(request, _("C’est noté. La rédaction s’en servira."))
    return redirect("story_reading", place.partnership.uuid)


def _answer(request: HttpRequest, place: Place, form: AnswerForm) -> HttpResponse:
    try:
        answer_reading(
            partnership=place.partnership, organisation=place.organisation, person=place.person, **form.cleaned_data
        )
    except Changed:
        messages.warning(request, _("Le récit a changé entre-temps : relisez-le avant de répondre."))
    else:
        messages.success(request, _("Votre réponse est transmise à la rédaction."))
    return redirect("story_reading", place.partnership.uuid)
