"""A substitute, a reason of the office's own, an invoice accepted in part."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.accounts.models import StaffMember
from guichet.invoices.actions import assessing, deciding, reasons, substitutes
from guichet.invoices.reasons import LANGUAGES, Said
from guichet.invoices.tests import factories

if TYPE_CHECKING:
    from tests.adversarial.world import World


def build(world: World) -> None:
    """What the addresses of the desk need."""
    agent, administrator = world.actors["agent"], world.actors["administrator"]
    today = timezone.localdate()
    named = factories.staff(world.vs, "agent", "review", who=factories.person("Zqcanary", "Zqcanary"))
    world.ids["substitution_id"] = substitutes.substitute(
        absent=agent.person.pk,
        by_whom=StaffMember.objects.get(person=named.person).person_id,
        first_day=today,
        last_day=today + timedelta(days=30),
        by=agent,
    ).pk
    texts = dict.fromkeys(LANGUAGES, "Zqcanary")
    world.ids["reason_code"] = reasons.keep_reason(
        code="rapport-manquant", kind="refusal", texts=texts, by=administrator
    ).code
    invoice = factories.opened(by=world.actors["colleague"], agent=agent, account=world.account)
    line = assessing.asked_lines(invoice.versions.get())[0]
    cuts = {line.key: assessing.Cut(Decimal("1.00"), Said(text="Zqcanary"))}
    deciding.accept(invoice, version_no=1, cuts=cuts, by=agent)
    world.ids["partly_id"] = invoice.pk
