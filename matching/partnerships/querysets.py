"""Phrases about messages and what goes with them, applications and partnerships."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from matching.organisations.models import Membership


def unread_by(member, message=""):
    """Written to this member's side and not yet read by them, as a condition on messages or on what leads to them.

    message: the way from the row to its messages, "messages__". What others had read before the member came is
    not news to them.
    """
    from matching.partnerships.models import Reading

    read = Reading.objects.filter(message=OuterRef(f"{message}pk"), person=member.person_id)
    suggestion = "" if message else "suggestion__"
    written_to_them = Q(**{f"{message}side": "need", f"{suggestion}offer__organisation": member.organisation_id}) | Q(
        **{f"{message}side": "offer", f"{suggestion}need__organisation": member.organisation_id}
    )
    read_before_they_came = Q(**{f"{message}read_at__lt": member.confirmed_at})
    return written_to_them & ~read_before_they_came & ~Exists(read)


class MessageQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def unread_by(self, member):
        """Messages of other organisations to this member's, that this very person has not opened."""
        return self.filter(unread_by(member))

    def between(self, suggestion):
        """The conversation about one suggestion, oldest first, with what goes with it."""
        return (
            self.filter(suggestion=suggestion)
            .select_related("author")
            .prefetch_related("attachments")
            .order_by("sent_at", "id")
        )


class AttachmentQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def of(self, suggestion):
        """Everything that was joined to one conversation, but to what moderation hides."""
        return self.filter(message__suggestion=suggestion, message__hidden_at__isnull=True)


class TransmissionQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def to(self, member):
        """For this member: those of their desk, and those for them alone."""
        for_them = Q(person__isnull=True) | Q(person=member.person_id)
        return self.filter(for_them, desk=member.organisation_id)

    def unseen(self):
        return self.filter(seen_at__isnull=True)


class ApplicationQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def of(self, organisation):
        """Those that a collective leads or takes part in."""
        taking_part = Q(parties__organisation=organisation, parties__consent__in=["asked", "given"])
        return self.filter(Q(applicant=organisation) | taking_part).distinct()

    def received_by(self, authority):
        """Those that an authority may read, oldest filing first: no other order says who comes first."""
        return self.filter(offer__organisation=authority, filed_at__isnull=False).order_by("filed_at", "id")

    def undecided(self):
        """Those that wait for the authority's decision."""
        return self.filter(state__in=["filed", "examination"])

    def with_sides(self):
        """With everything that says who stands where."""
        return self.select_related(
            *("offer__organisation", "offer__territory", "offer__envelope", "offer__bundle", "offer__call"),
            *("applicant", "need", "suggestion", "officer", "second_officer"),
        ).prefetch_related("parties__organisation")


class PartnershipQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def of(self, organisation):
        """Those of an organisation, on either side."""
        return self.filter(Q(authority=organisation) | Q(parties__organisation=organisation)).distinct()

    def agreed(self):
        """Those that both sides have signed: the public register."""
        return self.filter(signed_on__isnull=False)

    def with_sides(self):
        """With everything that says who stands where."""
        from matching.partnerships.models import PartnershipParty

        parties = models.Prefetch("parties", PartnershipParty.objects.select_related("organisation"))
        return self.select_related("authority", "offer", "application__applicant").prefetch_related(parties)


class AssessorQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def active(self):
        """Those who are still confirmed members of the authority that named them."""
        member = Membership.objects.confirmed().filter(
            person=OuterRef("person"), organisation=OuterRef("call__offer__organisation")
        )
        return self.filter(Exists(member))
