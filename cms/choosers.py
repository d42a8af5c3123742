"""What editors choose beside pages and pictures: a partnership, a territory, an offer. Only what anybody may read."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.views.generic import chooser as views
from wagtail.admin.viewsets.chooser import ChooserViewSet

from matching.catalogue.models import Offer
from matching.partnerships.models import Partnership
from matching.territories.models import Territory

Rows = Callable[[], QuerySet]
Named = Callable[[QuerySet, str], QuerySet]


def _chooser(name: str, model: type[Model], rows: Rows, named: Named, *, icon: str, **words: Any) -> ChooserViewSet:
    """A chooser of these rows, searched by name: none of them is in Wagtail's own index."""

    class SearchForm(SearchFilterMixin, BaseFilterForm):
        def filter(self, objects: QuerySet) -> QuerySet:
            typed = self.cleaned_data["q"].strip()
            self.is_searching, self.search_query = bool(typed), typed
            return named(objects, typed) if typed else objects

    class OnlyThese:
        filter_form_class = SearchForm

        def get_object_list(self) -> QuerySet:
            return rows()

        def get_object(self, pk: str) -> Model:
            return rows().get(pk=pk)

        def get_objects(self, pks: list[str]) -> QuerySet:
            return rows().filter(pk__in=pks)

    return type(ChooserViewSet)(
        f"{name.title()}Chooser",
        (ChooserViewSet,),
        {
            "model": model,
            "icon": icon,
            "choose_view_class": type("Choose", (OnlyThese, views.ChooseView), {}),
            "choose_results_view_class": type("Results", (OnlyThese, views.ChooseResultsView), {}),
            "chosen_view_class": type("Chosen", (OnlyThese, views.ChosenView), {}),
            "chosen_multiple_view_class": type("ChosenMany", (OnlyThese, views.ChosenMultipleView), {}),
            **words,
        },
    )(f"{name}_chooser")


def _block(chooser: ChooserViewSet, name: str) -> Any:
    return chooser.get_block_class(name=name, module_path="cms.choosers")


partnership_chooser = _chooser(
    "partnership",
    Partnership,
    lambda: Partnership.objects.agreed().order_by("-signed_on", "-id"),
    lambda rows, typed: rows.filter(title__icontains=typed),
    icon="group",
    choose_one_text=_("Choisir un partenariat signé"),
    choose_another_text=_("Choisir un autre partenariat"),
)
territory_chooser = _chooser(
    "territory",
    Territory,
    lambda: Territory.objects.current().order_by("name", "code"),
    lambda rows, typed: rows.search(typed),
    icon="site",
    choose_one_text=_("Choisir un territoire"),
    choose_another_text=_("Choisir un autre territoire"),
)
offer_chooser = _chooser(
    "offer",
    Offer,
    lambda: Offer.objects.live(localdate()).order_by("-published_at", "-id"),
    lambda rows, typed: rows.filter(title__icontains=typed),
    icon="tag",
    choose_one_text=_("Choisir une offre publiée"),
    choose_another_text=_("Choisir une autre offre"),
)

PartnershipBlock = _block(partnership_chooser, "PartnershipBlock")
TerritoryBlock = _block(territory_chooser, "TerritoryBlock")
OfferBlock = _block(offer_chooser, "OfferBlock")
