"""Mail by SMTP (RFC 5321), with STARTTLS (RFC 3207) or TLS from the first byte (RFC 8314)."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import TYPE_CHECKING

from django.conf import settings

from guichet.notify.doors.base import STEP_TIMEOUT, TIMEOUT, Postponed, Refused, Unavailable
from guichet.notify.doors.deadline import deadline

if TYPE_CHECKING:
    import socket

    from guichet.notify.doors.base import Mail

_CLOSING = 421  # « service not available »: about the server, whatever the command was


@dataclass(frozen=True, kw_only=True)
class SmtpDoor:
    """One relay. `tls` is "starttls", "implicit" or "none"; certificates are always verified."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "starttls"

    @property
    def name(self) -> str:
        return f"smtp {self.host}:{self.port}"[:80]

    def send(self, message: Mail) -> str:
        """One connection, one mail, one recipient. The reference is the Message-ID."""
        letter = compose(message)
        try:
            client = self._connect()
            with deadline(lambda: _socket(client), TIMEOUT):
                self._converse(client, message.to, letter.as_bytes(policy=SMTP_POLICY))
        except smtplib.SMTPResponseException as error:
            raise Unavailable(f"smtp {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"smtp {type(error).__name__}") from None
        return str(letter["Message-ID"])

    def _connect(self) -> smtplib.SMTP:
        own_name = _domain()
        if self.tls == "implicit":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, own_name, timeout=STEP_TIMEOUT, context=context)
        return smtplib.SMTP(self.host, self.port, own_name, timeout=STEP_TIMEOUT)

    def _converse(self, client: smtplib.SMTP, to: str, data: bytes) -> None:
        try:
            if self.tls == "starttls":
                client.starttls(context=ssl.create_default_context())
            if self.user:
                client.login(self.user, self.password)
            client.ehlo_or_helo_if_needed()
            _accept(client.mail(settings.MAIL_FROM), about_us=True)
            _accept(client.rcpt(to))
            _accept(_data(client, data))
        finally:
            _leave(client)


def compose(message: Mail) -> EmailMessage:
    """The mail as bytes will be made of. Raises `ValueError` if a header holds a line break."""
    letter = EmailMessage(policy=SMTP_POLICY)
    letter["From"] = Address(message.sender, addr_spec=settings.MAIL_FROM)
    letter["To"] = Address(addr_spec=message.to)
    letter["Reply-To"] = Address(addr_spec=message.reply_to)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(message.created_at)
    letter["Message-ID"] = f"<{message.item_id}@{_domain()}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    letter.set_content(message.text, cte="quoted-printable")  # passes relays that know 7 bits only
    letter.add_alternative(message.html, subtype="html", cte="quoted-printable")
    letter["Content-Language"] = message.language
    return letter


def _data(client: smtplib.SMTP, data: bytes) -> tuple[int, bytes]:
    """The answer to the text, or to the announcement of it."""
    try:
        return client.data(data)
    except smtplib.SMTPDataError as error:
        return error.smtp_code, b""


def _accept(answer: tuple[int, bytes], *, about_us: bool = False) -> None:
    """Turn the server's answer into ours. The text is not kept: servers like to quote the recipient."""
    code = answer[0]
    if code // 100 == 2:
        return
    if about_us or code == _CLOSING or code // 100 not in {4, 5}:
        raise Unavailable(f"smtp {code}")
    if code // 100 == 4:
        raise Postponed(f"smtp {code}")
    raise Refused(f"smtp {code}")


def _leave(client: smtplib.SMTP) -> None:
    """Say goodbye; a server that no longer listens does not undo what it accepted."""
    try:
        client.quit()
    except (smtplib.SMTPException, OSError):
        client.close()


def _socket(client: smtplib.SMTP) -> socket.socket | None:
    return client.sock


def _domain() -> str:
    return str(settings.MAIL_FROM).rpartition("@")[2]
