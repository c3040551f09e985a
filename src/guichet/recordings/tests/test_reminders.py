"""A deposit nobody sends: its expert is warned at 30 days, the office told at 100, each once (states of REC)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from guichet.accounts.models import Person
from guichet.recordings import tasks
from guichet.recordings.actions import deposits, destruction, sending
from guichet.recordings.tests import factories
from guichet.recordings.tests.test_destruction import declaration

pytestmark = pytest.mark.proves("REC-04", "REC-05")


@pytest.fixture
def nights(mailbox):
    """`nights(day, …)`: the nightly round on these days after the deposit; who was written to on each, and what."""
    start = timezone.now()

    def worked(*days, seconds=60):
        told = []
        for day in days:
            before = len(mailbox())
            with time_machine.travel(start + timedelta(days=day, seconds=seconds), tick=False):
                tasks.daily(timestamp=0)
                told.append([(mail.to, mail.subject) for mail in mailbox()[before:]])
        return told

    return worked


def test_expert_is_warned_at_thirty_days_and_the_office_told_at_a_hundred(vs, doctor, nights, audited):
    vs.languages = ["de", "fr"]
    vs.save(update_fields=["languages"])
    number = factories.deposited(by=doctor).mandate.number
    assert nights(29, 30, 31, 60, 99, 100, 101, 200) == [
        [],
        [(doctor.person.email, f"Mandat {number} : enregistrement déposé, mais pas envoyé")],
        [],
        [],
        [],
        [(vs.email, f"Mandat {number}: Aufnahme nie gesendet")],
        [],
        [],
    ]
    acts = [one["action"] for one in audited if one["action"].startswith("recording.not_sent")]
    assert acts == ["recording.not_sent_warned", "recording.not_sent_office_told"]


def test_warning_is_in_the_language_of_each_person_and_names_nobody(vs, doctor, nights, mailbox):
    Person.objects.filter(pk=doctor.person.pk).update(language="de")
    mandate = factories.deposited(by=doctor, last_name="Zqcanary").mandate
    assert nights(30) == [
        [(doctor.person.email, f"Mandat {mandate.number}: Aufnahme eingereicht, aber nicht gesendet")]
    ]
    (mail,) = [mail for mail in mailbox() if "eingereicht" in mail.subject]
    assert ("30 Tagen" in mail.text, "Zqcanary" in mail.text) == (True, False)


def test_round_that_was_missed_is_made_good_once(vs, doctor, nights):
    factories.deposited(by=doctor)
    assert [len(told) for told in nights(150, 151)] == [2, 0]


def test_warning_comes_with_the_thirtieth_day_and_no_second_before(vs, doctor, nights):
    recording = factories.deposited(by=doctor)
    until = (recording.deposited_at + timedelta(days=30) - timezone.now()).total_seconds()
    assert [len(told) for told in nights(0, seconds=until - 5)] == [0]
    assert [len(told) for told in nights(0, seconds=until + 5)] == [1]


def test_nobody_is_written_to_about_what_was_sent_begun_again_or_is_to_be_destroyed(vs, doctor, desk, nights):
    sent, again, asked = (factories.deposited(by=doctor) for _ in range(3))
    sending.send(sent, declared=factories.declared(), by=doctor)
    deposits.start_again(again, by=doctor)
    destruction.ask(asked.mandate, said=declaration(asked.interview_on), by=desk.records)
    written = [
        to for told in nights(30, 100) for to, subject in told if "mais pas envoyé" in subject or "jamais" in subject
    ]
    assert written == []
