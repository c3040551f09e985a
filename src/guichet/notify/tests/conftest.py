"""What the tests of the outbox share: an office, templates of their own, doors that keep what leaves."""

from __future__ import annotations

import copy

import pytest

from guichet.notify.doors.memory import MemoryDoor

TEMPLATES = {
    "trial/mail/welcome.subject.txt": "{% load i18n %}{% get_current_language as here %}[{{ here }}] {{ company }}\n",
    "trial/mail/welcome.txt": "Bonjour {{ company }},\n\nsuivez ce lien :\n{{ base_url }}/vs/login/?next=a&b=1.\n",
    "trial/mail/own.subject.txt": "Objet",
    "trial/mail/own.txt": "Texte",
    "trial/mail/own.html": '{% extends "notify/frame.html" %}{% block body %}<b>{{ company }}</b>{% endblock %}',
    "trial/sms/code.txt": "Code {{ letters }}: {{ code }} – {{ signature }}.\n@{{ host }} #{{ code }}",
    "trial/sms/long.txt": "{{ letters }}" * 90,
}


@pytest.fixture(autouse=True)
def words(settings):
    """Templates that exist in these tests only."""
    changed = copy.deepcopy(settings.TEMPLATES)
    changed[0]["OPTIONS"]["loaders"] = [
        ("django.template.loaders.locmem.Loader", TEMPLATES),
        "django_cotton.cotton_loader.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = changed
    settings.BASE_URL = "https://guichet.example.ch"


@pytest.fixture(autouse=True)
def doors(settings):
    """Doors that keep in memory what leaves; `doors.mood["sms"] = Refused("x")` spoils one."""
    settings.MAIL_DOOR = "memory:mail"
    settings.SMS_DOORS = ["memory:sms"]
    MemoryDoor.forget()
    yield MemoryDoor
    MemoryDoor.forget()


@pytest.fixture
def insurer(db):
    """An office, and its tenant entered."""
    from guichet.notify.tests.samples import make_insurer
    from guichet.tenancy.context import tenant

    office = make_insurer()
    with tenant(office.pk):
        yield office
