"""Offers and needs, for those who run the service: to find one and read its history. Their organisations write them."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from matching.catalogue.models import Need, Offer


class ListingAdmin(SimpleHistoryAdmin):
    list_display = ["title", "organisation", "status", "published_at", "version", "matched_version"]
    list_filter = ["status"]
    list_select_related = ["organisation"]
    search_fields = ["title", "organisation__name", "external_id"]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


admin.site.register(Offer, ListingAdmin)
admin.site.register(Need, ListingAdmin)
