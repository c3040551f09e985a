"""An office and messages, made by the real actions."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from guichet import notify
from guichet.notify.models import OutboxItem
from guichet.tenancy.models import Insurer


def make_insurer(slug="vs"):
    return Insurer.objects.create(
        slug=slug,
        kind="ai_office",
        name_fr="Office AI d'essai",
        name_de="IV-Stelle Probe",
        name_it="Ufficio AI di prova",
        name_en="Trial AI office",
        number_prefix=slug.upper(),
        phone="027 000 00 00",
        hours="lu–ve 8–12",
        email="office@office.example",
    )


def write_mail(insurer, *, key="k1", to="anna@institution.example", company="Foyer d'essai", **more):
    with transaction.atomic():
        return notify.mail(
            "trial/welcome", insurer=insurer, to=to, language="fr", context={"company": company}, key=key, **more
        )


def write_sms(insurer, *, key="s1", to="+41790000001", code="012345", seconds=300):
    expires_at = timezone.now() + timedelta(seconds=seconds)
    context = {"letters": "KX", "code": code}
    with transaction.atomic():
        return notify.sms(
            "trial/code", insurer=insurer, to=to, language="fr", context=context, key=key, expires_at=expires_at
        )


def the_item(key="k1"):
    return OutboxItem.objects.get(key=key)
