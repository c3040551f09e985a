"""No account can be guessed: same status, bytes, headers, hashes and statements for everybody (A14, ASVS 6.3.8)."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guichet.accounts.models import Person, Registration
from guichet.accounts.tests.people import PASSWORD, QuickArgon2, gln, mobile, request_access

FAKE = "wagon-cerise-glacier-2718"
LENGTH = len("gerard@vs.example")
HASHES: list[str] = []


class CountingHasher(QuickArgon2):
    """Notes every hash that is computed."""

    def encode(self, password, salt):
        HASHES.append("encode")
        return super().encode(password, salt)

    def verify(self, password, encoded):
        HASHES.append("verify")
        return super().verify(password, encoded)


@pytest.fixture(autouse=True)
def _counted(settings, _doors):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    HASHES.clear()


@pytest.fixture
def people(vs, be):
    """Addresses of equal length, and what they are here."""
    vs.invite(email="invite@xx.example")
    request_access(vs, email="wanted@vs.example")
    stranger = Person.objects.create(
        email="nobody@xx.example", first_name="A", last_name="B", mobile=mobile(), password=vs.manager.password
    )
    removed = vs.member(email="remove@xx.example")
    from guichet.accounts.actions import members
    from guichet.accounts.models import Membership

    members.remove(by=vs.actor(vs.manager), member=Membership.objects.get(person=removed))
    assert {be.manager.email, stranger.email} == {"gerard@be.example", "nobody@xx.example"}
    found = {
        "known": "gerard@vs.example",
        "unknown": "unheard@o.example",
        "invited": "invite@xx.example",
        "inactive": "wanted@vs.example",
        "elsewhere": "gerard@be.example",
        "nowhere": "nobody@xx.example",
        "removed": "remove@xx.example",
    }
    assert {len(email) for email in found.values()} == {LENGTH}
    return found


def observed(send, email):
    """Everything an onlooker could compare."""
    HASHES.clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = send(email)
    body = answer.content.decode().replace(email, "E" * LENGTH)
    body = re.sub(r'value="[0-9A-Za-z]{64}"', "csrf", body)
    headers = {name: value for name, value in answer.headers.items() if name != "Server-Timing"}
    headers["Location"] = re.sub(r"VS-\w{6}", "VS-number", headers.get("Location", ""))
    statements = [re.sub(r"\s+", " ", re.sub(r"'[^']*'|\d+", "?", query["sql"])) for query in queries]
    return answer.status_code, body, headers, sorted(answer.cookies), list(HASHES), statements


def _shape(statement):
    """The statement without its values, so that only what is asked counts."""
    return re.sub(r"\(.*", "", statement)[:60]


KINDS = ["unknown", "invited", "inactive", "elsewhere", "nowhere", "removed"]


def compare(people, kind, send):
    expected, found = observed(send, people["known"]), observed(send, people[kind])
    assert found[:5] == expected[:5]
    assert [_shape(statement) for statement in found[5]] == [_shape(statement) for statement in expected[5]]


@pytest.mark.proves("ACC-04", "ACC-07", "SEC-02")
@pytest.mark.parametrize("kind", KINDS)
def test_wrong_password_is_answered_alike(vs, people, kind):
    compare(people, kind, lambda email: Client().post(vs.url(), {"email": email, "password": FAKE}))
    assert HASHES == ["verify"]


@pytest.mark.proves("ACC-04", "SEC-02")
@pytest.mark.parametrize("kind", ["inactive", "elsewhere", "nowhere", "removed"])
def test_right_password_without_access_is_answered_like_a_wrong_one(vs, people, kind):
    def send(email):
        return Client().post(vs.url(), {"email": email, "password": FAKE if email == people["known"] else PASSWORD})

    compare(people, kind, send)


@pytest.mark.proves("ACC-07", "SEC-02")
@pytest.mark.parametrize("kind", KINDS)
def test_tenth_wrong_password_is_answered_alike(vs, people, kind):
    def send(email):
        answers = [Client().post(vs.url(), {"email": email, "password": FAKE}) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [422] * 10 + [429]
        return answers[9]

    compare(people, kind, send)


@pytest.mark.proves("ACC-06", "SEC-02")
@pytest.mark.parametrize("kind", KINDS)
def test_forgotten_password_is_answered_alike(vs, people, kind):
    compare(people, kind, lambda email: Client().post(vs.url("mot-de-passe-oublie/"), {"email": email}))
    assert HASHES == []


def _registration(email, number):
    return {
        "kind": "institution",
        "gln": number,
        "company": "Foyer Neuf",
        "street": "Rue",
        "house_no": "1",
        "postcode": "1950",
        "town": "Sion",
        "phone": "027 123 45 67",
        "last_name": "Test",
        "first_name": "Anna",
        "email": email,
        "password": "marmite-nuage-rivage-0815",
        "mobile": "079 123 45 67",
        "terms": "on",
    }


@pytest.mark.proves("ACC-01", "SEC-02")
@pytest.mark.parametrize("kind", KINDS)
def test_registration_is_answered_alike(vs, people, kind):
    compare(people, kind, lambda email: Client().post(vs.url("inscription/"), _registration(email, gln())))
    assert HASHES == ["encode"]


@pytest.mark.proves("ACC-01", "SEC-02")
def test_registration_of_a_known_gln_is_answered_alike(vs):
    numbers = [vs.affiliation.partner.gln, gln()]
    first, second = (
        observed(
            lambda email, number=number: Client().post(vs.url("inscription/"), _registration(email, number)), email
        )
        for number, email in zip(numbers, ["someone@a.example", "another@b.example"], strict=True)
    )
    assert first[:5] == second[:5]
    assert len(first[5]) == len(second[5])
    assert Registration.objects.exclude(processed_at=None).count() == 1


@pytest.mark.proves("ORG-01", "SEC-02")
@pytest.mark.parametrize("kind", ["unknown", "inactive", "elsewhere", "nowhere"])
def test_invitation_is_answered_alike(vs, people, kind):
    client = vs.signed_in(vs.manager)

    def send(email):
        values = {
            "last_name": "A",
            "first_name": "B",
            "role": "collaborator",
            "email": email,
            "mobile": "079 123 45 67",
        }
        return client.post(vs.url("ma-societe/collaborateurs/nouveau/"), values)

    people["known"] = "unknown@x.example"
    expected, found = observed(send, people["known"]), observed(send, people[kind])
    assert (found[0], found[2]["Location"], found[4]) == (expected[0], expected[2]["Location"], expected[4])
    assert [_shape(statement) for statement in found[5]] == [_shape(statement) for statement in expected[5]]


@pytest.mark.proves("ACC-01", "SEC-02")
@pytest.mark.parametrize("twin", ["GERARD@VS.EXAMPLE", "gerard@vs.example ", " Gerard@vs.example"])
def test_registration_knows_the_address_in_every_spelling(vs, twin):
    """A24."""
    answer = Client().post(vs.url("inscription/"), _registration(twin, gln()))
    assert answer.status_code == 302
    vs.run_jobs()
    assert Person.objects.filter(email__iexact="gerard@vs.example").count() == 1
    assert Registration.objects.order_by("-created_at")[0].outcome == "known_email"


@pytest.mark.proves("ACC-01", "SEC-02")
def test_registration_refuses_letters_that_only_look_alike(vs):
    """A24: the Cyrillic а of gerаrd@vs.example."""
    answer = Client().post(vs.url("inscription/"), _registration("ger\u0430rd@vs.example", gln()))
    assert answer.status_code == 422
    assert not Registration.objects.filter(processed_at=None).exists()
