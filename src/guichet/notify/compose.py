"""Turns a template and facts into the words that leave, in the recipient's language (MSG-01)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from guichet.notify import gsm7

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guichet.tenancy.models import Insurer

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_E164: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_SMS_FACT: Final = re.compile(r"[0-9A-Za-z:.]{1,16}", re.ASCII)
_SENTENCE_END: Final = ".,;:!?)»"


def compose_mail(
    template: str, *, insurer: Insurer, to: str, language: str, context: Mapping[str, Any]
) -> dict[str, str]:
    """Everything the mail door needs. Raises `ValueError` if an address or a header could carry a second header."""
    with translation.override(language):
        facts = {**context, "insurer": insurer, "base_url": settings.BASE_URL}
        app, _, name = template.partition("/")
        subject = one_line(_plain(f"{app}/mail/{name}.subject.txt", facts).strip(), "subject")
        words = _plain(f"{app}/mail/{name}.txt", facts).strip()
        frame = {"subject": subject, "language": language, **facts}
        html = _own_html(f"{app}/mail/{name}.html", frame)
        if html is None:
            html = _html("notify/frame.html", {**frame, "body": paragraphs(words)})
        return {
            "to": mail_address(to),
            "sender": one_line(insurer.name, "sender"),
            "reply_to": mail_address(insurer.email),
            "subject": subject,
            "text": _plain("notify/frame.txt", {**frame, "body": words}).strip() + "\n",
            "html": html,
        }


def compose_sms(
    template: str, *, insurer: Insurer, to: str, language: str, context: Mapping[str, Any]
) -> dict[str, str]:
    """Number and text of an SMS.

    Raises `ValueError` for a number that is not E.164, a text over 160 characters, and facts that are not
    letters and digits (at most 16): nothing a user typed ever goes into an SMS.
    """
    if not _E164.fullmatch(to):
        raise ValueError("the number is not E.164")
    if foreign := [name for name, fact in context.items() if not _SMS_FACT.fullmatch(str(fact))]:
        raise ValueError(f"not for an SMS: {', '.join(foreign)}")
    with translation.override(language):
        facts = {
            **context,
            "insurer": insurer,
            "base_url": settings.BASE_URL,
            "signature": insurer.setting("sms_signature"),
            "host": urlsplit(settings.BASE_URL).hostname,
        }
        app, _, name = template.partition("/")
        text = gsm7.to_gsm7(_plain(f"{app}/sms/{name}.txt", facts).strip())
    if gsm7.length(text) > gsm7.LIMIT:
        raise ValueError(f"{gsm7.length(text)} characters do not fit one SMS")
    return {"to": to, "text": text}


def mail_address(address: str) -> str:
    """The address as mail servers write it (foyer@zürich.example → foyer@xn--zrich-kva.example).

    Raises `ValueError` if it is none or holds a line break.
    """
    try:
        validate_email(one_line(address, "address"))
        name, _, domain = address.rpartition("@")
        name.encode("ascii")
        return f"{name}@{domain.encode('idna').decode()}"
    except (ValidationError, UnicodeError):
        raise ValueError("not an e-mail address") from None


def one_line(text: str, what: str) -> str:
    """The text, or `ValueError` if a line break or another control character could start a second header."""
    if _CONTROL.search(text):
        raise ValueError(f"the {what} holds a control character")
    return text


def paragraphs(words: str) -> SafeString:
    """Plain words as HTML: blank lines part paragraphs, everything is escaped, only our own addresses become links."""
    parts = (_line_breaks(part) for part in re.split(r"\n\s*\n", words.strip()))
    return mark_safe("\n".join(format_html("<p>{}</p>", part) for part in parts))  # noqa: S308 - parts are escaped


def _line_breaks(part: str) -> SafeString:
    return mark_safe("<br>\n".join(_links(line) for line in part.split("\n")))  # noqa: S308 - lines are escaped


def _links(line: str) -> str:
    """Escape a line and link what starts with our own address, not what merely begins like it."""
    own = re.compile(rf"({re.escape(settings.BASE_URL)}(?:/[^\s<>\"']*)?)(?=[\s<>\"']|[{_SENTENCE_END}]*(?:\s|$))")
    done, rest = "", line
    while found := own.search(rest):
        url = found.group(1).rstrip(_SENTENCE_END)
        done += escape(rest[: found.start()]) + format_html('<a href="{}">{}</a>', url, url)
        rest = rest[found.start() + len(url) :]
    return done + escape(rest)


def _plain(name: str, facts: Mapping[str, Any]) -> str:
    """A text template: nothing is escaped, as nobody will read it as HTML."""
    return str(get_template(name).template.render(Context(dict(facts), autoescape=False)))  # type: ignore[attr-defined]


def _html(name: str, facts: Mapping[str, Any]) -> str:
    return str(get_template(name).render(dict(facts)))


def _own_html(name: str, facts: Mapping[str, Any]) -> str | None:
    try:
        own = get_template(name)
    except TemplateDoesNotExist:
        return None
    return str(own.render(dict(facts)))
