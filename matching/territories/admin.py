"""Looking at the official geography; it is changed by loading another year, never by hand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from matching.territories.models import Territory


@admin.register(Territory)
class TerritoryAdmin(admin.ModelAdmin):
    list_display = ("name", "context", "level", "type", "code", "siren", "population", "vintage")
    list_filter = ("level", "type", "vintage")
    search_fields = ("name", "code", "siren")
    ordering = ("name", "code", "pk")
    fields = ("name", "context", "level", "type", "code", "siren", "population", "vintage", "replaced_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Territory]:
        return super().get_queryset(request).select_related("replaced_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Territory | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Territory | None = None) -> bool:
        return False
