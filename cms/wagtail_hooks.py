"""What of ours stands in the editors' admin."""

from wagtail import hooks

from cms.choosers import offer_chooser, partnership_chooser, territory_chooser


@hooks.register("register_admin_viewset")
def choosers() -> list[object]:
    """Partnerships, territories and offers can be chosen in pages."""
    return [partnership_chooser, territory_chooser, offer_chooser]
