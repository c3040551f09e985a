"""The desk of the demo at work: assigned, taken, noted, accepted in part, waiting for a second agent, counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.invoices import demo_words, queries
from guichet.invoices.actions import assessing, deciding, desk, figures, notes, office_rules, substitutes
from guichet.invoices.office_rules import value_of
from guichet.invoices.queries import Wanted
from guichet.invoices.reasons import catalogue_of, said

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.invoices.models import Invoice


def seed_desk(agent: Actor, administrator: Actor) -> None:
    """By the real actions, on what waits at the office; the days before today are counted for the figures."""
    waiting = queries.desk_queue(agent, Wanted()).rows
    if len(waiting) < 6:
        return
    desk.assign([one.pk for one in waiting[:4]], to=agent.person.pk, by=administrator)
    desk.assign([one.pk for one in waiting[4:6]], to=administrator.person.pk, by=administrator)
    desk.take_next(by=agent)
    first = _opened(waiting[0], agent)
    notes.add_note(first, text=demo_words.said("Appelé le foyer : le rapport suit par la poste."), by=agent)
    _accept_part(_opened(waiting[1], agent), agent)
    _wait_for_second(agent)
    today = timezone.localdate()
    substitutes.substitute(
        absent=administrator.person.pk,
        by_whom=agent.person.pk,
        first_day=today,
        last_day=today + timedelta(days=9),
        by=administrator,
    )
    figures.close_days(agent.insurer)


def seed_rule(administrator: Actor) -> None:
    """A rule that loosens a control waits for the other administrator."""
    years = int(value_of(administrator.insurer, "power_years"))
    reason = demo_words.said("Les procurations des institutions courent plus longtemps.")
    office_rules.change({"power_years": years + 1}, seen={"power_years": years}, reason=reason, by=administrator)


def _opened(line: queries.Line, agent: Actor) -> Invoice:
    deciding.open_for_review(queries.decided(line.pk), by=agent)
    return queries.decided(line.pk)


def _accept_part(invoice: Invoice, agent: Actor) -> None:
    """Half of the first line that can be cut, with a reason of the catalogue."""
    version = invoice.versions.get(no=invoice.version_no)
    line = next((line for line in assessing.asked_lines(version) if line.amount > 1), None)
    if line is None:
        return
    why = said(catalogue_of(agent.insurer), codes=["line-tariff"], text="", kind="line")
    cut = assessing.Cut((line.amount / 2).quantize(line.amount), why)
    deciding.accept(invoice, version_no=invoice.version_no, cuts={line.key: cut}, by=agent)


def _wait_for_second(agent: Actor) -> None:
    """Whatever waits above the amount of the four eyes is accepted by a first agent (INV-24)."""
    above = agent.insurer.setting("four_eyes_above")
    if above is None:
        return
    for row in queries.desk_queue(agent, Wanted(least=above)).rows[:2]:
        invoice = _opened(row, agent)
        deciding.accept(invoice, version_no=invoice.version_no, by=agent)
