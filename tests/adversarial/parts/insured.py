"""Insured persons with an account: powers asked and given, an invoice in her name that she contests, a request."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.accounts.models import AffiliationKind
from guichet.casework import uploads
from guichet.invoices.actions import objections, powers, representations
from guichet.invoices.models import Beneficiary, Objection
from guichet.invoices.tests import factories

if TYPE_CHECKING:
    from tests.adversarial.world import World

CANARY = "Zqcanary"


def build(world: World) -> None:
    """The person is one the company A invoices for; the other one is nobody's beneficiary."""
    by, today = world.actors["colleague"], timezone.localdate()
    whom = factories.beneficiary(by=by, last_name=CANARY, first_name=CANARY)
    insured = world.actors.setdefault("insured", factories.insured(world.vs, whom, name=CANARY))
    world.actors.setdefault("other_insured", factories.insured(world.vs, name="Autre Personne"))
    kind = AffiliationKind.REPRESENTATIVE
    mother = world.actors.setdefault("representative", factories.insured(world.vs, name="Autre Mère", kind=kind))
    terms = {"first": today, "last": today.replace(day=1, year=today.year + 1)}
    asked = powers.ask(whom, by=by, **terms)
    paper = uploads.check(io.BytesIO(factories.PDF), name=f"{CANARY}.pdf")
    held = powers.add_scanned(Beneficiary.objects.get(pk=world.ids["beneficiary_id"]), file=paper, by=by, **terms)
    quiet = factories.sent(by=by, whom=whom, account=world.account)
    contested = factories.sent(by=by, whom=whom, account=world.account, remark="encore une")
    objections.object_to(contested, version_no=1, text=CANARY, by=insured)
    request = representations.ask(facts=_facts(), proof=paper, by=mother)
    world.ids |= {
        "power_id": held.pk,
        "given_power_id": asked.pk,
        "in_name_id": quiet.pk,
        "contested_id": contested.pk,
        "objection_id": Objection.objects.get(invoice=contested).pk,
        "representation_id": request.pk,
    }


def _facts() -> dict[str, str]:
    return {
        "last_name": CANARY,
        "first_name": CANARY,
        "avs_number": factories.avs_number(),
        "birth_date": "2015-02-03",
        "sex": "m",
        "iban": factories.iban(),
    }
