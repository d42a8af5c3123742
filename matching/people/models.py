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
        GROUPED = "grouped", _("Un e-mail groupé")
        NEVER = "never", _("Aucun e-mail")

    username = None
    first_name = None
    last_name = None
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("adresse e-mail"), unique=True)
    name = models.CharField(_("nom affiché"), max_length=120, blank=True)
    notify = models.CharField(_("e-mails reçus"), max_length=10, choices=Notify.choices, default=Notify.GROUPED)
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
