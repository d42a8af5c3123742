"""Who a session belongs to, read in one query with what every page needs to know of them."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q

from matching.people.models import Person

_EDITING = {"content_type__app_label": "wagtailadmin", "codename": "access_admin"}


class AccountBackend(AuthenticationBackend):
    """Accounts by their address, as allauth signs them in."""

    def get_user(self, user_id: Any) -> Person | None:
        """The person, with `edits_pages`: whether the header leads them to the pages that they edit."""
        granted = Permission.objects.filter(Q(group__user=OuterRef("pk")) | Q(user=OuterRef("pk")), **_EDITING)
        person = Person.objects.annotate(edits_pages=Exists(granted)).filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None
