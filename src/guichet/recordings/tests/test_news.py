"""One mail a day to the insured person: what happened, how often, and nobody's name (REC-22)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guichet.accounts.models import Affiliation, Person
from guichet.recordings.actions import destruction, news
from guichet.recordings.models import NewsChoice
from guichet.recordings.tests import factories, listening_scenes
from guichet.recordings.tests.test_insured import insured

TOMORROW = timedelta(days=1)


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records)


@pytest.fixture
def lucie(recording, vs):
    actor = insured(vs, recording.mandate.avs_number)
    Person.objects.filter(pk=actor.person.pk).update(language="de")
    Affiliation.objects.filter(pk=actor.affiliation.pk).update(decided_at=timezone.now() - timedelta(days=30))
    return actor


def told(vs, mailbox, lucie, *, days=1):
    """The lines of the mails to her, the morning after."""
    news.send(vs, now=timezone.now() + days * TOMORROW)
    mails = [mail for mail in mailbox() if mail.to == lucie.person.email and "Neues unter" in mail.subject]
    return [[line for line in mail.text.splitlines() if line.startswith("- ")] for mail in mails]


def destroyed(recording, lucie, vs):
    said = destruction.Declaration(declared_on=timezone.localdate(), document=None, interview_on=recording.interview_on)
    request = destruction.ask(recording.mandate, said=said, by=lucie)
    return destruction.execute(request, by=factories.staff(vs, "agent", "records"))


@pytest.mark.proves("REC-22")
def test_three_listenings_of_a_day_are_one_mail_in_her_language(recording, lucie, desk, vs, mailbox):
    for _time in range(3):
        listening_scenes.begun(recording, desk.listener)
    assert told(vs, mailbox, lucie) == [["- Anhörungen : 3"]]
    assert told(vs, mailbox, lucie, days=2) == [["- Anhörungen : 3"]]  # that one, and no second
    assert news.send(vs, now=timezone.now() + TOMORROW) == 0


@pytest.mark.proves("REC-22", "SEC-06")
def test_mail_names_nobody_and_no_case(recording, lucie, desk, vs, mailbox):
    listening_scenes.begun(recording, desk.listener, ground="opposition", case="OPP 4/26")
    news.send(vs, now=timezone.now() + TOMORROW)
    (mail,) = [mail for mail in mailbox() if mail.to == lucie.person.email]
    secrets = ("OPP 4/26", recording.mandate.number, recording.mandate.last_name, str(desk.listener.person))
    assert [word for word in secrets if word in mail.subject + mail.text] == []
    assert "/vs/mes-enregistrements/" in mail.text


@pytest.mark.proves("REC-22")
def test_execution_of_her_request_is_told_as_the_page_promises(recording, lucie, vs, mailbox):
    news.choose(wanted=False, by=lucie)
    destroyed(recording, lucie, vs)
    assert told(vs, mailbox, lucie) == [["- Vernichtung ausgeführt : 1"]]


def test_what_she_hears_or_asks_herself_is_no_news(recording, lucie, desk, vs, mailbox):
    grant = listening_scenes.given(recording, desk.records)
    assert grant.kind == "insured"
    assert told(vs, mailbox, lucie) == []


def test_access_of_somebody_else_is_news(recording, lucie, desk, vs, mailbox):
    listening_scenes.given(recording, desk.records, kind="physician", name="Dre Autre")
    assert told(vs, mailbox, lucie) == [["- Für andere geöffnete befristete Zugänge : 1"]]


def test_mail_is_switched_off_and_on_by_the_person(recording, lucie, desk, vs, mailbox, browser):
    client, at = browser(lucie), "/vs/mes-enregistrements/"
    assert client.post(f"{at}messages/", {"wanted": "0"}).status_code == 303
    assert ('value="1"' in client.get(at).content.decode(), news.is_wanted(lucie)) == (True, False)
    listening_scenes.begun(recording, desk.listener)
    assert told(vs, mailbox, lucie) == []
    client.post(f"{at}messages/", {"wanted": "1"})
    assert (NewsChoice.objects.count(), news.is_wanted(lucie)) == (1, True)
    assert browser(desk.records).post(f"{at}messages/").status_code == 403


def test_a_night_without_work_is_made_good(recording, lucie, desk, vs, mailbox):
    listening_scenes.begun(recording, desk.listener)
    assert told(vs, mailbox, lucie, days=3) == [["- Anhörungen : 1"]]


def test_who_the_mandate_is_not_about_gets_no_mail(recording, desk, vs, mailbox):
    stranger = insured(vs, factories.avs_number())
    listening_scenes.begun(recording, desk.listener)
    news.send(vs, now=timezone.now() + TOMORROW)
    assert [mail for mail in mailbox() if mail.to == stranger.person.email] == []
