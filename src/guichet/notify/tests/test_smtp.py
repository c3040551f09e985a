from __future__ import annotations

import datetime as dt
import email
import email.policy
import ipaddress
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from guichet.notify.doors import Postponed, Refused, Unavailable, base, build_mail_door, smtp
from guichet.notify.tests.fakes import FakeSmtp, serving
from guichet.notify.tests.test_doors import ITEM, a_mail


@pytest.fixture
def relay():
    with serving(FakeSmtp()) as server:
        yield server


@pytest.fixture
def quick(monkeypatch):
    """A provider's ten seconds last half a second."""
    monkeypatch.setattr(smtp, "STEP_TIMEOUT", 0.3)
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)


def send(relay, message=None, login="", tls="none"):
    return build_mail_door(f"smtp://{login}127.0.0.1:{relay.port}?tls={tls}").send(message or a_mail())


@pytest.mark.proves("MSG-03")
def test_smtp_sends_text_and_html_to_one_recipient(relay, settings):
    settings.MAIL_FROM = "guichet@guichet.example.ch"
    assert send(relay) == f"<{ITEM}@guichet.example.ch>"
    assert relay.recipients == ["rcpt TO:<anna@institution.example>"]
    letter = email.message_from_bytes(relay.accepted[0], policy=email.policy.default)
    assert {name: str(letter[name]) for name in letter.keys() if name != "Content-Type"} == {  # noqa: SIM118
        "From": "Office AI d'essai <guichet@guichet.example.ch>",
        "To": "anna@institution.example",
        "Reply-To": "office@office.example",
        "Subject": "Demande acceptée",
        "Date": "Mon, 23 Nov 2026 11:00:00 +0000",
        "Message-ID": f"<{ITEM}@guichet.example.ch>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
        "MIME-Version": "1.0",
    }
    bodies = {part.get_content_type(): part.get_content().replace("\r", "") for part in letter.iter_parts()}
    assert bodies == {"text/plain": "Bonjour,\n..une ligne\n", "text/html": "<p>Bonjour</p>\n"}
    assert relay.accepted[0].isascii()


@pytest.mark.parametrize(
    "mood, error, code",
    [
        ("busy", Unavailable, "smtp 421"),
        ("unknown", Refused, "smtp 550"),
        ("greylist", Postponed, "smtp 450"),
        ("full", Postponed, "smtp 452"),
        ("noauth", Unavailable, "smtp 535"),
        ("lost", Unavailable, "smtp SMTPServerDisconnected"),
    ],
)
def test_smtp_tells_the_message_from_the_relay(relay, mood, error, code):
    """Case R08; and the recipient, which the relay quotes, is not in the code."""
    relay.mood = mood
    with pytest.raises(error) as said:
        send(relay, login="user:secret@")
    assert said.value.code == code


@pytest.mark.parametrize("mood", ["slow", "drip"])
def test_smtp_waits_no_longer_than_its_time(relay, quick, mood):
    relay.mood = mood
    start = time.monotonic()
    with pytest.raises(Unavailable):
        send(relay)
    assert time.monotonic() - start < 60


def test_smtp_time_is_ten_seconds():
    assert base.TIMEOUT == 10.0


def test_smtp_repeats_the_same_message_id_after_a_lost_answer(relay):
    relay.mood = "lost"
    with pytest.raises(Unavailable):
        send(relay)
    relay.mood = "ok"
    send(relay)
    ids = {email.message_from_bytes(data)["Message-ID"] for data in relay.accepted}
    assert [len(relay.accepted), len(ids)] == [2, 1]


@pytest.mark.parametrize("field", ["subject", "sender", "to"])
def test_smtp_refuses_a_second_header(relay, field):
    message = a_mail()
    hostile = type(message)(**{**vars(message), field: "a@b.example\r\nBcc: x@evil.example"})
    with pytest.raises((ValueError, IndexError)):
        send(relay, hostile)
    assert relay.accepted == []


@pytest.fixture
def certificate(tmp_path):
    """A certificate of this machine's own, and where it lies."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "relay.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + own.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def safe_relay(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(FakeSmtp(tls=context)) as server:
        yield server


def test_smtp_logs_in_after_starttls_with_a_known_certificate(safe_relay, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send(safe_relay, login="user:secret@", tls="starttls")
    assert [len(safe_relay.accepted), len(safe_relay.logins)] == [1, 1]


def test_smtp_never_logs_in_with_a_stranger(safe_relay):
    with pytest.raises(Unavailable, match="SSLCertVerificationError"):
        send(safe_relay, login="user:secret@", tls="starttls")
    assert [safe_relay.accepted, safe_relay.logins] == [[], []]


def test_smtp_never_goes_on_without_tls_when_it_should(relay):
    with pytest.raises(Unavailable, match="SMTPNotSupportedError"):
        send(relay, login="user:secret@", tls="starttls")
    assert [relay.accepted, relay.logins] == [[], []]
