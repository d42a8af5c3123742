"""What editors publish makes a new edition of the public side: see matching.catalogue.editions."""

from django.db.models.signals import post_delete, post_save
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_unpublished, post_page_move

from matching import events
from matching.catalogue.editions import new_edition


def follow_changes() -> None:
    """Make an edition of whatever is published, moved or taken away from now on."""
    for event in (page_published, page_unpublished, post_page_move):
        event.connect(new_edition, dispatch_uid="cms.editions")
    for model in (get_image_model(), Site):
        post_save.connect(new_edition, sender=model, dispatch_uid=f"cms.editions.{model.__name__}")
    for signal in (post_save, post_delete):
        signal.connect(new_edition, sender=PageViewRestriction, dispatch_uid="cms.editions.restrictions")
    # Key figures are drawn from the partnership itself.
    events.partnership_changed.connect(new_edition, dispatch_uid="cms.editions.partnership")
    # Of every type: the signal of a page that goes is sent by its own class.
    post_delete.connect(_if_page, dispatch_uid="cms.editions.deleted")


def _if_page(sender: type, **_: object) -> None:
    if issubclass(sender, Page):
        new_edition()
