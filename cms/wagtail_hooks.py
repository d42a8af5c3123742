"""What of ours stands in the editors' admin."""

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.choosers import offer_chooser, partnership_chooser, territory_chooser
from cms.leads import story_leads


@hooks.register("register_admin_viewset")
def choosers() -> list[object]:
    """Partnerships, territories and offers can be chosen in pages."""
    return [partnership_chooser, territory_chooser, offer_chooser]


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """Pages of the admin that are ours."""
    return [path("a-raconter/", story_leads, name="story_leads")]


@hooks.register("register_admin_menu_item")
def leads_item() -> MenuItem:
    """Where leads wait."""
    return MenuItem(_("Réussites à raconter"), reverse("story_leads"), name="leads", icon_name="openquote", order=150)
