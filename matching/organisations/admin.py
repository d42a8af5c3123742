"""Organisations and their members, for those who run the service."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from matching.organisations.models import Membership, Organisation


class MembershipInline(admin.TabularInline):
    model = Membership
    fk_name = "organisation"
    extra = 0
    fields = ["person", "role", "statement", "confirmed_at"]
    readonly_fields = ["person", "statement", "confirmed_at"]

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        """People ask to join; somebody with the right confirms them on the members' page."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(SimpleHistoryAdmin):
    list_display = ["name", "side", "legal_form", "territory", "verified_at"]
    list_filter = ["side", "legal_form", "mediates"]
    list_select_related = ["territory"]
    search_fields = ["name", "siren", "siret", "rna"]
    fields = ["name", "slug", "description", "siren", "siret", "rna", "posture", "mediates", "verified_at"]
    readonly_fields = ["slug", "verified_at"]
    inlines = [MembershipInline]

    def has_add_permission(self, request: object) -> bool:
        """Authorities come from the official table, collectives from their founders."""
        return False
