"""Accounts, for those who run the service: find one, close it, give it a right. No password is shown or set."""

from django.contrib import admin

from matching.people.models import Person


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser", "groups", "last_login", "date_joined"]
    readonly_fields = ["email", "last_login", "date_joined"]
    filter_horizontal = ["groups"]

    def has_add_permission(self, request: object) -> bool:
        """Accounts are made by their owners, who prove their address."""
        return False
