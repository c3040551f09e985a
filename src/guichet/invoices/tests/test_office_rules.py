"""An administrator changes the rules of the office; what loosens a control wants a second one."""

from __future__ import annotations

import pytest
from django.utils import timezone

from guichet.accounts.actions.bank import StepUpNeededError
from guichet.accounts.models import LoginSession, StaffRole
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions import office_rules as acts
from guichet.invoices.models import SettingChange
from guichet.invoices.office_rules import RULES, value_of
from guichet.invoices.tests import factories
from guichet.tenancy.models import Insurer

pytestmark = [pytest.mark.proves("INV-24"), pytest.mark.proves("INV-27"), pytest.mark.proves("INV-30")]

ADDRESS = "/vs/bureau/reglages/"


@pytest.fixture
def colleague(vs):
    return factories.staff(vs, StaffRole.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def nothing_configured(vs):
    Insurer.objects.filter(pk=vs.pk).update(configuration={"staff_factor": False})


@pytest.fixture
def decide(browser):
    """Decided inside a login that gave both factors a moment ago."""

    def decided(waiting, *, admit, by, fresh=True):
        browser(by)
        rows = LoginSession.objects.filter(person=by.person)
        rows.update(stepped_up_at=timezone.now() if fresh else None)
        return acts.decide(waiting.pk, admit=admit, by=by, session=rows.order_by("-created_at")[0])

    return decided


def now(vs, key):
    return value_of(Insurer.objects.get(pk=vs.pk), key)


def change(key, value, *, by, reason="Contrôle interne"):
    return acts.change({key: value}, seen={key: now(by.insurer, key)}, reason=reason, by=by)


@pytest.mark.parametrize(
    ("key", "value", "waits"),
    [
        ("four_eyes_above", 2_000, False),
        ("four_eyes_new_iban", True, False),
        ("retention.paid", 180, False),
        ("retention.draft", 6, True),
        ("retention_nightly", True, True),
        ("power_required", "always", False),
        ("power_required", "never", True),
        ("power_years", 3, False),
        ("power_years", 7, True),
    ],
)
def test_what_is_stricter_holds_at_once_and_what_loosens_waits(vs, desk, key, value, waits):
    before = now(vs, key)
    (made,) = change(key, value, by=desk.administrator)
    assert (made.state, now(vs, key)) == (("waiting", before) if waits else ("applied", value))


def test_a_threshold_is_raised_or_dropped_by_two_people_only(vs, desk, colleague, decide):
    change("four_eyes_above", 2_000, by=desk.administrator)
    (waiting,) = change("four_eyes_above", None, by=desk.administrator)
    with pytest.raises(acts.OnePersonOnly):
        decide(waiting, admit=True, by=desk.administrator)
    with pytest.raises(Overtaken):
        change("four_eyes_above", 9_000, by=colleague)
    with pytest.raises(StepUpNeededError):
        decide(waiting, admit=True, by=colleague, fresh=False)
    assert decide(waiting, admit=True, by=colleague).decided_by == colleague.person
    assert now(vs, "four_eyes_above") is None
    with pytest.raises(Overtaken):
        decide(waiting, admit=True, by=colleague)


def test_what_waits_is_void_once_the_rule_changed_and_who_asked_may_take_it_back(vs, desk, colleague, decide):
    (waiting,) = change("power_years", 7, by=desk.administrator)
    change("power_years", 3, by=colleague)
    with pytest.raises(Overtaken):
        decide(waiting, admit=True, by=colleague)
    assert (decide(waiting, admit=False, by=desk.administrator, fresh=False).state, now(vs, "power_years")) == (
        "refused",
        3,
    )


def test_every_change_says_why_and_is_in_the_audit(vs, desk, audited):
    with pytest.raises(ReasonMissing):
        change("power_years", 3, by=desk.administrator, reason=" ")
    with pytest.raises(Overtaken):
        acts.change({"power_years": 3}, seen={"power_years": 1}, reason="Pourquoi", by=desk.administrator)
    change("power_years", 3, by=desk.administrator)
    (entry,) = [entry for entry in audited if entry["action"].startswith("office_rule.")]
    assert (entry["action"], entry["reason"]) == ("office_rule.changed", "Contrôle interne")


def test_the_page_changes_rules_keeps_what_was_typed_and_is_for_administrators(vs, desk, colleague, browser):
    client = browser(desk.administrator)
    shown = client.get(ADDRESS).context
    typed = {field.name: field.value for group in shown["groups"] for field in group["fields"]}
    typed |= {"seen": shown["seen"], "four_eyes_above": "2'000", "retention.paid": "24"}
    page = client.post(ADDRESS, typed)
    assert (page.status_code, [error.anchor for error in page.context["errors"]]) == (422, ["id_retention.paid"])
    assert client.post(ADDRESS, typed | {"retention.paid": "120"}).context["errors"][0].anchor == "id_reason"
    right = typed | {"retention.paid": "120", "power_years": "6", "reason": "Contrôle interne"}
    assert client.post(ADDRESS, right).status_code == 303
    assert client.post(ADDRESS, right).status_code == 409
    assert (now(vs, "four_eyes_above"), now(vs, "power_years")) == (2_000, 5)
    there = f"{ADDRESS}{SettingChange.objects.get(state='waiting').pk}/"
    assert client.post(there, {"do": "admit"}).status_code == 409
    second = browser(colleague)
    asked = second.post(there, {"do": "admit"})
    assert (asked.status_code, asked.url) == (303, "/vs/confirmation/?next=%2Fvs%2Fbureau%2Freglages%2F")
    assert now(vs, "power_years") == 5
    LoginSession.objects.filter(person=colleague.person).update(stepped_up_at=timezone.now())
    assert second.post(there, {"do": "admit"}).url == ADDRESS
    assert (now(vs, "power_years"), browser(desk.agent).get(ADDRESS).status_code) == (6, 403)


def test_the_page_costs_the_same_with_a_long_history(desk, browser, django_assert_max_num_queries):
    for months in range(121, 131):
        change("retention.paid", months, by=desk.administrator)
    client = browser(desk.administrator)
    client.get(ADDRESS)
    with django_assert_max_num_queries(12):
        assert len(client.get(ADDRESS).context["changes"]) == 10


def test_a_rule_is_a_switch_exactly_if_it_is_on_or_off(vs):
    assert [rule.kind == "switch" for rule in RULES] == [isinstance(now(vs, rule.key), bool) for rule in RULES]
