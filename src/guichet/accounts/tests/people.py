"""A space with people for the tests of accounts: registered, vetted, invited by the real actions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from django.test import Client

from guichet.accounts import cookies, sessions
from guichet.accounts.actions import invitations, registration, vetting
from guichet.accounts.actions.data import Data
from guichet.accounts.actions.staff_setup import open_administrator
from guichet.accounts.models import Affiliation, AffiliationKind, Person
from guichet.accounts.passwords import OwaspArgon2
from guichet.accounts.sessions import actor_of
from guichet.accounts.terms import current_terms
from guichet.accounts.visitor import Visitor
from guichet.audit import Who
from guichet.kernel.identifiers import with_ean_digit
from guichet.notify.testing import deliver_all, mails, texts
from guichet.tenancy.context import tenant
from guichet.tenancy.demo import seed_insurers

if TYPE_CHECKING:
    from collections.abc import Callable

    from guichet.tenancy.models import Insurer


class QuickArgon2(OwaspArgon2):
    """The same hasher with next to no memory: what a hash costs is proved in `test_passwords.py`."""

    time_cost = 1
    memory_cost = 8


PASSWORD = "sapin-lampion-verger-4711"
_numbers = count(1)


def mobile() -> str:
    return f"+4179{next(_numbers):07d}"


def gln() -> str:
    return with_ean_digit(f"76018880{next(_numbers):04d}")


def code_in(text):
    """The code of an SMS."""
    return text.rpartition("#")[2]


@dataclass
class Space:
    insurer: Insurer
    administrator: Person
    manager: Person
    affiliation: Affiliation
    run_jobs: Callable[[], int]

    @property
    def slug(self):
        return self.insurer.slug

    def url(self, path=""):
        return f"/{self.slug}/{path}"

    def actor(self, person):
        found = actor_of(Person.objects.get(pk=person.pk), self.insurer)
        assert found is not None
        return found

    def invite(self, role="collaborator", email="", name="Colette", by=None, **rest):
        """A colleague's invitation; gives the link's secret."""
        invited = invitations.Invited(
            first_name=name, last_name="Exemple", email=email or f"p{next(_numbers)}@foyer.example", mobile=mobile(),
            role=role, **rest,
        )  # fmt: skip
        by = by or self.actor(self.manager)
        return invitations.invite(by=by, affiliation=by.affiliation, invited=invited)

    def member(self, role="collaborator", **values):
        """A colleague who has joined."""
        token = self.invite(role, **values)
        return invitations.accept(insurer=self.insurer, token=token, password=PASSWORD, again=PASSWORD)

    def staff(self, role="agent", *rights):
        """Somebody of the insurer's staff who has joined."""
        return self.member(role, by=self.actor(self.administrator), name="Sylvain", rights=tuple(rights))

    def mails(self, to=""):
        """What arrived, jobs and deliveries done."""
        self.run_jobs()
        deliver_all(self.insurer)
        return [mail for mail in mails() if to in ("", mail.to)]

    def texts(self, to=""):
        self.run_jobs()
        deliver_all(self.insurer)
        return [text for text in texts() if to in ("", text.to)]

    def code(self, person):
        """The newest code on the person's phone."""
        return code_in(self.texts(person.mobile)[-1].text)

    def link(self, to):
        """The newest link in a mailbox, as a path."""
        return re.findall(r"http://testserver(/\S+)", self.mails(to)[-1].text)[-1]

    def sign_in(self, person, *, password=PASSWORD, client=None, **extra):
        """Log in through the pages."""
        client = client or Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140"})
        answer = client.post(self.url(), {"email": person.email, "password": password}, **extra)
        assert answer.status_code == 302, answer.content.decode()
        answer = client.post(self.url("connexion/code/"), {"code": self.code(person)}, **extra)
        assert answer.status_code == 302, answer.content.decode()
        return client

    def signed_in(self, person):
        """A browser with a login, without the pages."""
        client = Client()
        token, _session = sessions.open_session(
            person=person, space=self.insurer, factors="password sms", visitor=Visitor()
        )
        client.cookies[cookies.SESSION] = token
        return client


def open_space(slug, run_jobs):
    """An office with an administrator and an accepted company with its manager."""
    insurer = next(insurer for insurer in seed_insurers() if insurer.slug == slug)
    with tenant(insurer.pk):
        values = Data(first_name="Ada", last_name="Administre", email=f"ada@{slug}.example", mobile=mobile())
        opened = open_administrator(
            insurer=insurer, data=values, password=PASSWORD, language="fr", who=Who(role="operator")
        )
        space = Space(insurer, opened.person, opened.person, Affiliation(), run_jobs)
        affiliation = request_access(space, email=f"gerard@{slug}.example")
        vetting.accept(by=space.actor(opened.person), affiliation=affiliation)
        space.affiliation = Affiliation.objects.get(pk=affiliation.pk)
        space.manager = Person.objects.get(email=f"gerard@{slug}.example")
    return space


def request_access(space, *, email, name="Foyer de l'Aubépine", number="", kind=AffiliationKind.INSTITUTION):
    """A registration, processed; gives its affiliation, or None if there was an obstacle."""
    asked = registration.register(
        insurer=space.insurer,
        kind=kind,
        company=registration.Company(name=name, gln=number or gln(), street="Rue", postcode="1950", town="Sion"),
        person=registration.Responsible(first_name="Gérard", last_name="Gérant", email=email, mobile=mobile()),
        password=PASSWORD,
        terms=current_terms(space.insurer),
        language="fr",
        visitor=Visitor(),
    )
    registration.process(insurer=space.insurer, registration_id=asked.pk)
    asked.refresh_from_db()
    return asked.affiliation
