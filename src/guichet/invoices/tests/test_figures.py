"""The figures: closed days and the open rest say what the raw count says (INV-26)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from guichet.invoices.actions import figures as acts
from guichet.invoices.demo import at
from guichet.invoices.models import InvoiceDay
from guichet.invoices.queries.figures import Period, count_events, figures, interquartile_mean, midnight
from guichet.invoices.tests import factories

pytestmark = pytest.mark.proves("INV-26")


@pytest.fixture
def history(anna, desk):
    """Sent and decided on earlier days and today, by the real actions at those moments."""
    now = timezone.now()
    for days, made in (
        (40, factories.accepted),
        (20, factories.refused),
        (9, factories.to_correct),
        (0, factories.accepted),
    ):
        with at(now - timedelta(days=days)):
            made(by=anna, agent=desk.agent)
    with at(now - timedelta(days=30)):
        return factories.sent(by=anna)


def flat(found):
    def tally(one):
        return (
            {act: count for act, count in one.counts.items() if count},
            {act: amount for act, amount in one.amounts.items() if amount},
            {days: count for days, count in one.waits.items() if count},
        )

    parts = (found.by_step, found.by_form, found.by_sender)
    return [tally(found.total), *({key: tally(one) for key, one in part.items()} for part in parts)]


@pytest.mark.parametrize("step", ["week", "month"])
@pytest.mark.parametrize("form", ["", "318.632", "318.632.1"])
def test_closed_days_and_the_rest_say_what_the_raw_count_says(history, desk, vs, step, form):
    today = timezone.localdate()
    period = Period(today - timedelta(days=60), today, step, form)
    raw = flat(figures(desk.agent, period))
    assert acts.close_days(vs) > 0
    assert flat(figures(desk.agent, period)) == raw
    assert acts.close_days(vs) == 0


def test_the_lines_of_closed_days_are_the_count_of_the_history(history, vs):
    acts.close_days(vs)
    counted = count_events(vs, start=None, end=midnight(timezone.localdate()))
    stored = InvoiceDay.objects.values_list("day", "form_code", "affiliation_id", "act", "waited", "count", "amount")
    assert {tuple(row) for row in stored} == {
        (one.day, one.form_code, one.affiliation_id, one.act, one.waited, one.count, one.amount) for one in counted
    }


def test_rates_and_money_are_of_the_decisions(history, desk):
    today = timezone.localdate()
    total = figures(desk.agent, Period(today - timedelta(days=60), today)).total
    assert (total.sent, total.decided, total.accepted_amount) == (5, 4, Decimal("741.00"))
    assert (total.correction_rate, total.refusal_rate, total.delay) == (
        Decimal("25.0"),
        Decimal("25.0"),
        Decimal("0.0"),
    )


@pytest.mark.parametrize(
    ("waits", "mean"),
    [
        ({}, None),
        ({7: 1}, "7.0"),
        ({1: 1, 2: 1, 3: 1, 400: 1}, "2.5"),
        ({1: 2, 10: 2}, "5.5"),
        ({0: 1, 5: 1, 6: 1}, "4.3"),
    ],
)
def test_the_interquartile_mean_leaves_out_both_ends(waits, mean):
    assert interquartile_mean(waits) == (Decimal(mean) if mean else None)


def test_the_page_and_its_file_say_the_same_and_strangers_see_nothing(history, desk, anna, browser):
    client = browser(desk.agent)
    page = client.get("/vs/bureau/chiffres/?pas=mois")
    assert page.status_code == 200
    assert page.content.decode().count('<svg class="chart"') == 5
    file = client.get("/vs/bureau/chiffres/export.csv?pas=mois").content.decode("utf-8-sig")
    assert file.splitlines()[-1].split(";")[:3] == ["Total", "", "5"]
    assert browser(desk.auditor).get("/vs/bureau/chiffres/").status_code == 403
    assert browser(anna).get("/vs/bureau/chiffres/").status_code == 403


@pytest.mark.parametrize("query", ["?du=x&au=99.99.9999", "?du=01.01.2026&au=01.01.2020", "?formulaire=%00&pas=%27"])
def test_nonsense_in_the_address_gives_the_usual_period(desk, browser, query):
    assert browser(desk.agent).get(f"/vs/bureau/chiffres/{query}").status_code == 200
