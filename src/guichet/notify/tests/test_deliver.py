from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from guichet.notify import gateways, tasks
from guichet.notify.deliver import BACK_OFF, LIFE, STUCK, attempt, claim, deliver, finish
from guichet.notify.doors import Postponed, Refused, Unavailable
from guichet.notify.models import Gateway, OutboxItem, Status
from guichet.notify.queries import sms_works
from guichet.notify.sweep import sweep
from guichet.notify.testing import deliver_all, mails, texts
from guichet.notify.tests.samples import the_item, write_mail, write_sms

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def taken(key):
    """An item as a worker holds it while it talks to the provider."""
    item = claim(the_item(key).pk)
    assert item is not None
    return item


def keys(messages):
    return [message.subject.removeprefix("[fr] ") for message in messages]


def test_deliver_sends_once_however_often_it_is_asked(insurer):
    write_mail(insurer)
    item = the_item()
    for _ in range(3):
        tasks.deliver_item(insurer_id=insurer.pk, item_id=str(item.pk))
    assert [message.item_id for message in mails()] == [item.pk]


def test_deliver_backs_off_while_a_mail_is_postponed(insurer, doors, clock, run_jobs):
    doors.mood["mail"] = Postponed("smtp 450")
    write_mail(insurer)
    pauses = []
    for _ in range(9):
        run_jobs()
        item = the_item()
        pauses.append(item.next_try_at - timezone.now())
        clock.move_to(item.next_try_at)
    assert pauses == [*BACK_OFF, BACK_OFF[-1]]
    assert [the_item().status, the_item().attempts, the_item().last_error] == ["waiting", 9, "smtp 450"]
    doors.mood.clear()
    run_jobs()
    assert the_item().status == Status.SENT


@pytest.mark.proves("MSG-02")
def test_deliver_gives_up_after_a_day(insurer, doors, clock, run_jobs):
    doors.mood["mail"] = Postponed("smtp 450")
    write_mail(insurer)
    while (item := the_item()).status == Status.WAITING:
        clock.move_to(max(item.next_try_at, timezone.now()))
        run_jobs()
    assert [item.status, item.last_error] == ["dead", "smtp 450"]
    assert LIFE - timedelta(hours=1) <= timezone.now() - NOON <= LIFE


def test_deliver_gives_up_at_once_when_the_mailbox_does_not_exist(insurer, doors):
    doors.mood["mail"] = Refused("smtp 550")
    write_mail(insurer)
    deliver_all(insurer)
    assert [the_item().status, the_item().last_error] == ["dead", "smtp 550"]


def test_deliver_parks_a_poisoned_item_after_five_tries(insurer, doors, clock, run_jobs):
    """Case R26: and what comes after it is delivered."""
    doors.mood["mail"] = ValueError("quotes a secret")
    write_mail(insurer)
    for _ in range(5):
        clock.move_to(max(the_item().next_try_at, timezone.now()))
        run_jobs()
    assert [the_item().status, the_item().last_error] == ["dead", "fault ValueError"]
    doors.mood.clear()
    write_mail(insurer, key="k2")
    run_jobs()
    assert [the_item("k2").status, len(mails())] == ["sent", 1]


def test_deliver_parks_what_it_cannot_read(insurer):
    write_mail(insurer)
    OutboxItem.objects.update(body=b"x" * 60)
    deliver_all(insurer)
    assert [the_item().status, the_item().last_error] == ["dead", "unreadable"]


@pytest.mark.parametrize("address", ["", "pigeon:"])
def test_deliver_waits_for_a_door_that_is_not_configured(insurer, settings, address):
    settings.MAIL_DOOR = address
    write_mail(insurer)
    deliver_all(insurer)
    assert [the_item().status, the_item().attempts] == ["waiting", 0]


# --- codes expire -----------------------------------------------------------------------------------


@pytest.mark.proves("MSG-02", "REL-02")
def test_deliver_never_sends_a_late_code(insurer, doors, clock, run_jobs):
    doors.mood["sms"] = Unavailable("http 500")
    write_sms(insurer, seconds=300)
    for _ in range(10):
        run_jobs()
        clock.shift(timedelta(minutes=1))
    doors.mood.clear()
    run_jobs()
    sweep()
    item = the_item("s1")
    assert [item.status, item.body, texts()] == ["expired", None, []]


def test_deliver_expires_at_the_very_moment(insurer, clock):
    write_sms(insurer, seconds=300)
    clock.shift(timedelta(seconds=300))
    deliver(the_item("s1").pk)
    assert [the_item("s1").status, texts()] == ["expired", []]


def test_deliver_does_not_reach_for_the_second_gateway_too_late(insurer, settings, doors, clock):
    """The first gateway used up the time that was left."""
    write_sms(insurer, seconds=5)
    item = taken("s1")
    clock.shift(timedelta(seconds=5))
    finish(item, attempt(item))
    assert [the_item("s1").status, texts()] == ["expired", []]


# --- gateways ---------------------------------------------------------------------------------------


@pytest.mark.proves("MSG-03", "REL-02")
def test_deliver_takes_the_second_gateway_in_the_same_attempt(insurer, settings, doors, clock):
    settings.SMS_DOORS = ["memory:broken", "memory:sms"]
    doors.mood["broken"] = Unavailable("http 500")
    write_sms(insurer)
    deliver_all(insurer)
    assert [the_item("s1").status, the_item("s1").gateway, len(texts())] == ["sent", "sms", 1]
    assert gateways.known_failures(["broken", "sms"]) == {"broken": NOON + timedelta(seconds=60)}


def test_deliver_leaves_a_broken_gateway_alone_for_a_minute_and_takes_it_back(insurer, settings, doors, clock):
    settings.SMS_DOORS = ["memory:first", "memory:sms"]
    doors.mood["first"] = Unavailable("http 500")
    write_sms(insurer, key="a")
    deliver_all(insurer)
    doors.mood.clear()
    used = []
    for key, seconds in (("b", 59), ("c", 1)):
        clock.shift(timedelta(seconds=seconds))
        write_sms(insurer, key=key)
        deliver_all(insurer)
        used.append(the_item(key).gateway)
    assert used == ["sms", "first"]
    assert Gateway.objects.count() == 0


def test_deliver_takes_a_gateway_back_that_answers_anything(insurer, doors, clock):
    doors.mood["mail"] = Unavailable("smtp 421")
    write_mail(insurer, key="a")
    deliver_all(insurer)
    doors.mood["mail"] = Postponed("smtp 450")
    clock.shift(timedelta(seconds=60))
    deliver_all(insurer)
    assert [Gateway.objects.count(), the_item("a").last_error] == [0, "smtp 450"]


def test_deliver_asks_the_second_gateway_about_a_number_the_first_refuses(insurer, settings, doors):
    settings.SMS_DOORS = ["memory:first", "memory:sms"]
    doors.mood["first"] = Refused("aspsms 4")
    write_sms(insurer)
    deliver_all(insurer)
    assert [the_item("s1").gateway, Gateway.objects.count()] == ["sms", 0]


def test_deliver_calls_dead_what_all_gateways_refuse(insurer, settings, doors):
    settings.SMS_DOORS = ["memory:first", "memory:sms"]
    doors.mood.update({"first": Refused("aspsms 4"), "sms": Refused("http 400")})
    write_sms(insurer)
    deliver_all(insurer)
    assert [the_item("s1").status, the_item("s1").last_error] == ["dead", "aspsms 4"]


def test_deliver_tries_again_what_one_refused_and_the_other_could_not_judge(insurer, settings, doors):
    settings.SMS_DOORS = ["memory:first", "memory:sms"]
    doors.mood.update({"first": Refused("aspsms 4"), "sms": Unavailable("http 500")})
    write_sms(insurer)
    deliver_all(insurer)
    assert the_item("s1").status == Status.WAITING


def test_sms_works_says_whether_a_code_can_arrive(insurer, settings, doors):
    """Case R09: the login offers other factors instead of letting people wait."""
    settings.SMS_DOORS = ["memory:first", "memory:sms"]
    doors.mood["first"] = Unavailable("http 500")
    write_sms(insurer, key="a")
    deliver_all(insurer)
    assert sms_works() is True
    doors.mood["sms"] = Unavailable("http 500")
    write_sms(insurer, key="b")
    deliver_all(insurer)
    assert sms_works() is False


@pytest.mark.proves("REL-02")
def test_deliver_makes_up_for_an_hour_without_relay_within_minutes_and_in_order(insurer, doors, clock, run_jobs):
    """Case R08: 60 mails to 6 people while the relay is down; a worker looks at the queue every minute."""
    doors.mood["mail"] = Unavailable("smtp TimeoutError")
    for minute in range(60):
        write_mail(insurer, key=f"{minute:02}", to=f"p{minute % 6}@institution.example", company=f"{minute:02}")
        run_jobs()
        sweep()
        clock.shift(timedelta(minutes=1))
    assert mails() == []
    doors.mood.clear()
    for _ in range(3):
        clock.shift(timedelta(minutes=1))
        sweep()
        run_jobs()
    assert [len(mails()), OutboxItem.objects.exclude(status=Status.SENT).count()] == [60, 0]
    for person in range(6):
        theirs = [message for message in mails() if message.to == f"p{person}@institution.example"]
        assert keys(theirs) == sorted(keys(theirs))
    assert len({message.item_id for message in mails()}) == 60


# --- order, killed workers, lost jobs -------------------------------------------------------------------


def test_deliver_sends_the_older_mail_to_the_same_person_first(insurer):
    write_mail(insurer, key="k1", company="1")
    write_mail(insurer, key="k2", company="2")
    deliver(the_item("k2").pk)
    assert keys(mails()) == ["1"]
    deliver_all(insurer)
    assert keys(mails()) == ["1", "2"]


def test_deliver_lets_the_next_mail_wait_while_one_is_being_sent(insurer, run_jobs):
    write_mail(insurer, key="k1", company="1")
    write_mail(insurer, key="k2", company="2")
    first = taken("k1")
    assert claim(the_item("k2").pk) is None
    run_jobs()
    assert mails() == []
    finish(first, attempt(first))
    assert keys(mails()) == ["1"]
    deliver(the_item("k2").pk)
    assert keys(mails()) == ["1", "2"]


def test_deliver_asks_for_the_next_mail_of_the_same_person(insurer, run_jobs):
    write_mail(insurer, key="k1", company="1")
    write_mail(insurer, key="k2", company="2")
    first = the_item("k1").pk
    run_jobs()
    assert keys(mails()) == ["1", "2"]
    assert the_item("k1").pk == first


def test_deliver_does_not_hold_up_other_people(insurer):
    write_mail(insurer, key="k1")
    write_mail(insurer, key="k2", to="berta@institution.example")
    claim(the_item("k1").pk)
    deliver(the_item("k2").pk)
    assert [message.to for message in mails()] == ["berta@institution.example"]


def test_sweep_finds_what_a_killed_worker_left(insurer, clock, run_jobs):
    """Case R02: back within two minutes, and with the same id."""
    write_mail(insurer)
    item = taken("k1")
    run_jobs()
    clock.shift(STUCK)
    sweep()
    run_jobs()
    assert [message.item_id for message in mails()] == [item.pk]


def test_finish_of_a_worker_that_was_given_up_changes_nothing(insurer, clock, run_jobs):
    write_mail(insurer)
    late = taken("k1")
    clock.shift(STUCK)
    deliver(late.pk)
    sent_at = the_item().sent_at
    clock.shift(timedelta(seconds=1))
    finish(late, attempt(late))
    assert [the_item().status, the_item().sent_at] == ["sent", sent_at]
    assert {message.item_id for message in mails()} == {late.pk}


def test_sweep_finds_what_has_lost_its_job(insurer, clock, run_jobs):
    write_mail(insurer)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    tasks.sweep_outboxes(timestamp=0)
    run_jobs()
    assert len(mails()) == 1


def test_sweep_leaves_mails_alone_while_their_door_is_not_configured(insurer, settings, clock, run_jobs):
    settings.MAIL_DOOR = "pigeon:"
    write_mail(insurer)
    run_jobs()
    clock.shift(timedelta(minutes=5))
    sweep()
    assert run_jobs() == 0
    settings.MAIL_DOOR = "memory:mail"
    sweep()
    run_jobs()
    assert len(mails()) == 1


def test_sweep_asks_once_for_what_already_has_a_job(insurer, clock):
    from procrastinate.contrib.django.models import ProcrastinateJob

    write_mail(insurer)
    clock.shift(timedelta(minutes=5))
    sweep()
    sweep()
    assert ProcrastinateJob.objects.count() == 1
