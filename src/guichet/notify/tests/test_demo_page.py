from __future__ import annotations

import json
import re

import pytest
from django.http import Http404
from django.test import RequestFactory

from guichet.notify.testing import deliver_all
from guichet.notify.tests.samples import write_mail, write_sms
from guichet.notify.views import outbox_page


@pytest.fixture
def outbox(settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    settings.ROOT_URLCONF = "guichet.notify.tests.urls"
    settings.MAIL_DOOR, settings.SMS_DOORS = "outbox:", ["outbox:"]
    return settings.OUTBOX


def page(query="", rf=RequestFactory()):  # noqa: B008 - keeps nothing
    return outbox_page(rf.get(f"/demo/outbox/{query}"))


def headings(answer):
    return re.findall(r"<h2>(.*?)</h2>", answer.content.decode())


def test_outbox_page_shows_the_newest_first(insurer, outbox):
    write_mail(insurer, company="Foyer")
    write_sms(insurer)
    deliver_all(insurer)
    assert headings(page()) == ["SMS", "[fr] Foyer"]


def test_outbox_page_shows_one_recipient(insurer, outbox):
    write_mail(insurer, key="a", company="A")
    write_mail(insurer, key="b", company="B", to="berta@institution.example")
    deliver_all(insurer)
    assert headings(page("?to=berta%40institution.example")) == ["[fr] B"]


def test_outbox_page_makes_our_links_clickable_and_nothing_else(insurer, outbox):
    write_mail(insurer, company="<img src=x onerror=alert(1)> https://evil.example")
    deliver_all(insurer)
    html = page().content.decode()
    links = re.findall(r'href="(https?:[^"]*)"', html)
    assert links == ["https://guichet.example.ch/vs/login/?next=a&amp;b=1"]
    assert html.count("<img src=x") == 0


def test_outbox_page_is_there_before_anything_was_sent(outbox):
    assert headings(page()) == []


@pytest.mark.parametrize("query, refresh", [("", None), ("?auto=1", "5"), ("?auto=0", None)])
def test_outbox_page_reloads_itself_only_when_asked(outbox, query, refresh):
    assert page(query).get("Refresh") == refresh


def test_outbox_page_does_not_exist_outside_the_demo(outbox, settings):
    settings.DEMO = False
    with pytest.raises(Http404):
        page()


def test_outbox_files_hold_what_the_demo_promises(insurer, outbox):
    write_sms(insurer, code="012345")
    deliver_all(insurer)
    (file,) = outbox.glob("*.json")
    content = json.loads(file.read_text())
    assert sorted(content) == ["created_at", "html", "kind", "subject", "text", "to"]
    assert content["text"] == "Code KX: 012345 - Guichet AI.\n@guichet.example.ch #012345"
