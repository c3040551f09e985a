from __future__ import annotations

import pytest

from guichet.notify.compose import compose_mail, compose_sms, paragraphs
from guichet.tenancy.models import Insurer

OFFICE = Insurer(
    slug="vs",
    name_fr="Office AI d'essai",
    name_de="IV-Stelle Probe",
    phone="027 000 00 00",
    hours="lu–ve 8–12",
    email="office@office.example",
    accent="#7a1f2b",
)


def mail(template="trial/welcome", to="anna@institution.example", language="fr", **context):
    return compose_mail(template, insurer=OFFICE, to=to, language=language, context={"company": "Foyer"} | context)


def sms(template="trial/code", to="+41790000001", **context):
    facts = {"letters": "KX", "code": "012345"} | context
    return compose_sms(template, insurer=OFFICE, to=to, language="fr", context=facts)


@pytest.mark.proves("MSG-01")
def test_compose_mail_speaks_the_language_of_the_recipient():
    assert [mail(language=language)["subject"] for language in ("fr", "de")] == ["[fr] Foyer", "[de] Foyer"]
    assert [mail(language=language)["sender"] for language in ("fr", "de")] == [
        "Office AI d'essai",
        "IV-Stelle Probe",
    ]


def test_compose_mail_puts_words_into_the_frame():
    message = mail()
    assert message["text"] == (
        "Bonjour Foyer,\n\nsuivez ce lien :\nhttps://guichet.example.ch/vs/login/?next=a&b=1.\n\n-- \n"
        "Office AI d'essai\nTéléphone 027 000 00 00 (lu–ve 8–12)\nNous ne demandons jamais de code par téléphone.\n"
    )
    link = "https://guichet.example.ch/vs/login/?next=a&amp;b=1"
    assert message["html"].count(f'<p>suivez ce lien :<br>\n<a href="{link}">{link}</a>.</p>') == 1
    assert message["html"].count('<html lang="fr">') == 1


def test_compose_mail_uses_a_templates_own_html():
    assert mail("trial/own", company="A & B")["html"].count("<b>A &amp; B</b>") == 1


@pytest.mark.proves("MSG-01")
def test_compose_mail_shows_markup_literally_and_links_nobody_else():
    """Case D04: a company named like a link stays words."""
    name = "<a href=//evil.example>Cliquez</a> https://evil.example"
    message = mail(company=name)
    assert message["subject"] == f"[fr] {name}"
    assert message["text"].startswith(f"Bonjour {name},")
    assert message["html"].count("<a ") == 1
    literally = "&lt;a href=//evil.example&gt;Cliquez&lt;/a&gt; https://evil.example"
    assert message["html"].count(f"<p>Bonjour {literally},</p>") == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://guichet.example.ch.evil.example/x",
        "https://guichet.example.ch@evil.example/",
        "https://guichet.example.chx",
        "http://guichet.example.ch/",
    ],
)
def test_paragraphs_do_not_link_what_merely_begins_like_us(address):
    assert paragraphs(address) == f"<p>{address}</p>"


def test_paragraphs_escape_what_follows_a_link():
    assert paragraphs("https://guichet.example.ch/a\"onclick='x'") == (
        '<p><a href="https://guichet.example.ch/a">https://guichet.example.ch/a</a>&quot;onclick=&#x27;x&#x27;</p>'
    )


@pytest.mark.parametrize("name", ["A\r\nBcc: x@evil.example", "A\nB", "A\x00", "A\u2028B", "A\x85B"])
def test_compose_mail_refuses_a_second_header_in_the_subject(name):
    """Case D03."""
    with pytest.raises(ValueError, match="subject holds a control character"):
        mail(company=name)


@pytest.mark.parametrize(
    "to", ["", "anna", "a@b.example\nBcc: x@evil.example", "a@b.example,x@evil.example", "ä@b.example", "a b@c.example"]
)
def test_compose_mail_refuses_what_is_not_one_address(to):
    with pytest.raises(ValueError, match="address"):
        mail(to=to)


def test_compose_mail_writes_a_domain_as_mail_servers_do():
    assert mail(to="foyer@zürich.example")["to"] == "foyer@xn--zrich-kva.example"


def test_compose_sms_signs_and_binds_the_code_to_our_host():
    assert sms() == {
        "to": "+41790000001",
        "text": "Code KX: 012345 - Guichet AI.\n@guichet.example.ch #012345",
    }


@pytest.mark.parametrize("to", ["0790000001", "+41 79 000 00 01", "+4179", "+41790000001\n", "+٤١٧٩٠٠٠٠٠٠١"])
def test_compose_sms_refuses_other_numbers(to):
    with pytest.raises(ValueError, match="not E"):
        sms(to=to)


@pytest.mark.parametrize("fact", ["Jean Dupont", "https://evil.example", "a\nb", "", "x" * 17])
def test_compose_sms_refuses_what_a_user_may_have_typed(fact):
    with pytest.raises(ValueError, match="not for an SMS: letters"):
        sms(letters=fact)


def test_compose_sms_refuses_a_second_message():
    assert sms("trial/long", letters="K")["text"] == "K" * 90
    with pytest.raises(ValueError, match="180 characters"):
        sms("trial/long", letters="KX")
