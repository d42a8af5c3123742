"""Phrases about organisations and their members."""

from django.db import models


class OrganisationQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def authorities(self):
        return self.filter(side="authority")

    def collectives(self):
        return self.filter(side="collective")

    def verified(self):
        return self.filter(verified_at__isnull=False)

    def shown(self):
        """Those whose page moderation does not hide."""
        return self.filter(hidden_at__isnull=True)

    def waiting_for_their_host(self):
        """Those who have named who carries them, and wait for the answer."""
        return self.filter(host__isnull=False, host_confirmed_at__isnull=True)

    def acted_for_by(self, person):
        """Organisations for which this person is a confirmed member, whatever the role."""
        return self.filter(memberships__person=person, memberships__confirmed_at__isnull=False)


class MembershipQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def waiting(self):
        return self.filter(confirmed_at__isnull=True)
