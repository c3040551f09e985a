"""The insurer: the tenant of everything."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet.kernel.dates import hours_in


class Kind(models.TextChoices):
    """What sort of institution runs the space."""

    AI_OFFICE = "ai_office", _("Office AI")
    COMPENSATION_FUND = "compensation_fund", _("Caisse de compensation")
    PENSION_FUND = "pension_fund", _("Caisse de pensions")
    PRIVATE_INSURER = "private_insurer", _("Assurance privée")


class Insurer(models.Model):
    """A tenant: one office, fund or insurer with its own space, words and configuration (ORG-06)."""

    slug = models.SlugField(max_length=20, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    name_fr = models.CharField(max_length=120)
    name_de = models.CharField(max_length=120)
    name_it = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    number_prefix = models.CharField(max_length=4, unique=True)  # VS in VS-2026-000123
    office_code = models.CharField(max_length=3, blank=True)  # 323: first digits of its decision numbers
    canton = models.CharField(max_length=2, blank=True)
    address = models.JSONField(default=dict)  # street, house_no, postcode, town, country
    phone = models.CharField(max_length=20)
    hours = models.CharField(max_length=80)  # lu–ve 8–12, 13–17
    email = models.EmailField()
    accent = models.CharField(max_length=7, default="#7a1f2b")  # contrast ≥ 4.5:1 on white
    logo = models.CharField(max_length=40, blank=True)  # file name below static/ui/logos/
    languages = models.JSONField(default=list)  # first one is the default
    systems = models.JSONField(default=list)  # enabled systems: "invoices", …
    configuration = models.JSONField(default=dict)  # see tenancy/configuration.py

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """The name in the language of the moment, French if there is none."""
        language = (get_language() or "fr")[:2]
        return str(getattr(self, f"name_{language}", self.name_fr))

    @property
    def hours_said(self) -> str:
        """The opening hours with the days of the week in the language of the moment: « Mo–Fr 8–12 »."""
        return hours_in(self.hours, (get_language() or "fr")[:2])

    @property
    def town_said(self) -> str:
        """The town in the language of the moment where it has another name there: « Bern »."""
        language = (get_language() or "fr")[:2]
        return str(self.address.get(f"town_{language}") or self.address.get("town", ""))

    def setting(self, key: str) -> Any:
        """One configured value, or its documented default (`tenancy/configuration.py`)."""
        from guichet.tenancy.configuration import DEFAULTS

        return self.configuration.get(key, DEFAULTS[key])
