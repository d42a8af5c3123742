"""The account of a person: login by e-mail, nothing that is not needed."""

import uuid

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class PersonManager(BaseUserManager["Person"]):
    """Creates accounts keyed by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """Create an account. An empty e-mail raises ValueError."""
        if not email:
            raise ValueError("An account needs an e-mail address")
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email__iexact=email)


class Person(AbstractUser):
    """Who signs in. The name shown to others is `name`; the address never is."""

    class Notify(models.TextChoices):
        AT_ONCE = "at_once", _("Au fil de l’eau, groupés")
        DAILY = "daily", _("Une fois par jour, le matin")
        WEEKLY = "weekly", _("Une fois par semaine, le lundi matin")
        NEVER = "never", _("Jamais")

    class Zone(models.TextChoices):
        """Every hour at which France lives."""

        PARIS = "Europe/Paris", _("France hexagonale et Corse")
        GUADELOUPE = "America/Guadeloupe", _("Guadeloupe, Saint-Barthélemy, Saint-Martin")
        MARTINIQUE = "America/Martinique", _("Martinique")
        GUYANE = "America/Cayenne", _("Guyane")
        REUNION = "Indian/Reunion", _("La Réunion")
        MAYOTTE = "Indian/Mayotte", _("Mayotte")
        MIQUELON = "America/Miquelon", _("Saint-Pierre-et-Miquelon")
        NOUMEA = "Pacific/Noumea", _("Nouvelle-Calédonie")
        TAHITI = "Pacific/Tahiti", _("Polynésie française")
        MARQUESAS = "Pacific/Marquesas", _("Îles Marquises")
        WALLIS = "Pacific/Wallis", _("Wallis-et-Futuna")

    username = None
    first_name = None
    last_name = None
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("adresse e-mail"), unique=True)
    name = models.CharField(_("nom affiché"), max_length=120, blank=True)
    notify = models.CharField(_("e-mails reçus"), max_length=10, choices=Notify.choices, default=Notify.AT_ONCE)
    # Where their clock stands; empty: where their organisation is.
    time_zone = models.CharField(_("heure locale"), max_length=32, choices=Zone.choices, blank=True)
    # They want mails in the evening, at night and on Sundays too.
    any_hour = models.BooleanField(_("à toute heure"), default=False)
    language = models.CharField(_("langue"), max_length=5, default="fr")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = PersonManager()

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_any_case")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name to show to others: the chosen one; no part of the address ever stands for it."""
        return self.name or gettext("Personne sans nom")

    def get_short_name(self) -> str:
        """The name to show to the person: the chosen one, else what stands before the @ of their own address."""
        return self.name or self.email.split("@")[0]
