"""Two offices, three companies, every kind of object of one of them, and somebody of every role to knock at the doors.

Whatever belongs to the company « A » or to its office carries the canary: where it appears to an outsider, something
leaks. States are reached by the real actions.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from guichet.accounts import cookies, passwords
from guichet.accounts.actions import invitations, login, registration
from guichet.accounts.models import Affiliation, AffiliationKind, Membership, StaffMember, StaffRole
from guichet.accounts.sessions import open_session
from guichet.accounts.terms import current_terms
from guichet.accounts.visitor import Visitor
from guichet.casework import uploads
from guichet.invoices.actions import beneficiaries, payment
from guichet.invoices.models import InvoiceVersion
from guichet.invoices.tests import factories
from guichet.kernel.identifiers import with_ean_digit
from guichet.notify.models import OutboxItem, Status
from guichet.tenancy.context import tenant
from tests.adversarial import parts

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.accounts.models import BankAccount
    from guichet.tenancy.models import Insurer

CANARY = "Zqcanary"
PASSWORD = "violon tilleul wagon 4711"


@dataclass
class World:
    """What the crawler needs: who there is, in which space each knocks, and the ids of A's objects."""

    vs: Insurer
    be: Insurer
    actors: dict[str, Actor] = field(default_factory=dict)
    spaces: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    attempt: str = ""
    account: BankAccount | None = None
    ids: dict[str, Any] = field(default_factory=dict)

    def client(self, role: str, **options: Any) -> Client:
        """A browser of that role."""
        client = Client(**options)
        if role == "half_authenticated":
            client.cookies[cookies.ATTEMPT] = self.attempt
        elif role != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.tokens[role]
        return client

    def met(self, role: str) -> Actor | None:
        """What the role is in the space where it knocks; nothing for strangers."""
        return None if role in STRANGERS else self.actors[role]


STRANGERS = ("anonymous", "half_authenticated", "agent_of_be_at_vs", "manager_of_be_at_vs")
"""Nobody here: a login leads nowhere for them."""
INSIDERS = (
    "manager",
    "colleague",
    "agent",
    "administrator",
    "auditor",
    "agent_without_right",
    "listener_agent",
    "expert",
    "records",
    "clerk",
    "insured",
    "representative",
)
"""People of the company A and of its office. What each may is the view's mark."""
FOREIGNERS = (
    "other_manager",
    "other_colleague",
    "other_expert",
    "other_insured",
    "agent_of_be",
    "administrator_of_be",
    "manager_of_be",
)
"""People with every right, but over their own."""


def build() -> World:
    """Everything, once; about a second."""
    vs, be = factories.insurer("vs"), factories.insurer("be", office_code="302", canton="BE")
    world = World(vs, be)
    with tenant(vs.pk):
        _people_of_the_office(world)
        _companies(world)
        _invoices(world)
        _waiting(world)
        parts.build_all(world)
    with tenant(be.pk):
        _the_other_office(world)
    for role, actor in world.actors.items():
        world.spaces[role] = actor.insurer.slug
        world.tokens[role], session = open_session(
            person=actor.person, space=actor.insurer, factors="pwd sms", visitor=Visitor(user_agent="Zqbrowser")
        )
        if role == "manager":
            world.ids["session_id"] = session.pk
    for role in ("agent_of_be", "manager_of_be"):
        world.tokens[f"{role}_at_vs"] = world.tokens[role]
    world.spaces |= dict.fromkeys(STRANGERS, "vs")
    return world


def _people_of_the_office(world: World) -> None:
    who = factories.person("Zqcanary", "Zqcanary")
    world.actors |= {
        "administrator": factories.staff(world.vs, StaffRole.ADMINISTRATOR),
        "agent": factories.staff(world.vs, StaffRole.AGENT, "review", "vet"),
        "agent_without_right": factories.staff(world.vs, StaffRole.AGENT),
        "listener_agent": factories.staff(world.vs, StaffRole.AGENT, "listen"),
        "auditor": factories.staff(world.vs, StaffRole.AUDITOR),
    }
    factories.staff(world.vs, StaffRole.AGENT, who=who)
    world.ids["staff_id"] = StaffMember.objects.get(person=who).pk
    invited = _invited("staff", StaffRole.AGENT)
    invitations.invite(by=world.actors["administrator"], affiliation=None, invited=invited)
    world.ids["staff_invitation_id"] = invitations.Invitation.objects.get(email=invited.email).pk


def _invited(name: str, role: str) -> invitations.Invited:
    email = f"{CANARY}.{name}@personne.example".lower()
    return invitations.Invited(first_name=CANARY, last_name=CANARY, email=email, mobile="+41790000000", role=role)


def _companies(world: World) -> None:
    company = factories.partner(world.vs, f"{CANARY} SA")
    other = factories.partner(world.vs, "Autre SA")
    colleague = factories.member(
        world.vs, company.affiliation, "collaborator", factories.person("Zqcanary", "Zqcanary")
    )
    world.actors |= {
        "manager": company.manager,
        "colleague": company.collaborator,
        "other_manager": other.manager,
        "other_colleague": other.collaborator,
    }
    invited = _invited("member", "collaborator")
    world.ids["invitation_token"] = invitations.invite(
        by=company.manager, affiliation=company.affiliation, invited=invited
    )
    world.account = factories.bank_account(by=company.manager, holder=CANARY)
    world.ids |= {
        "member_id": Membership.objects.get(person=colleague.person).pk,
        "account_id": world.account.pk,
        "invitation_id": invitations.Invitation.objects.get(email=invited.email).pk,
    }
    person = company.manager.person
    person.password = passwords.hashed(PASSWORD)
    person.save()
    world.attempt = login.start_login(insurer=world.vs, email=person.email, password=PASSWORD, visitor=Visitor())


def _invoices(world: World) -> None:
    by, agent = world.actors["colleague"], world.actors["agent"]
    whom = factories.beneficiary(by=by, last_name=CANARY, first_name=CANARY)
    signed = uploads.check(io.BytesIO(factories.PDF), name=f"{CANARY}.pdf")
    beneficiaries.change_beneficiary(whom, facts={}, power_of_attorney=signed, by=by)
    asked: dict[str, Any] = {"whom": whom, "account": world.account}
    draft = factories.draft(by=by, attached=False, **asked)
    draft.refresh_from_db()
    attachment = factories.attachment(draft, by=by, name=f"{CANARY}.pdf")
    sent = factories.sent(by=by, **asked)
    factories.accepted(by=by, agent=agent, **asked)
    batch = payment.make_batch(world.vs, by=world.actors["administrator"])
    world.ids |= {
        "beneficiary_id": whom.pk,
        "draft_id": draft.pk,
        "draft_no": draft.draft_no,
        "attachment_id": attachment.pk,
        "sent_id": sent.pk,
        "correction_id": factories.to_correct(by=by, agent=agent, **asked).pk,
        "batch_id": batch.pk,
        "receipt": InvoiceVersion.objects.get(case=sent).receipt_code,
    }


def _waiting(world: World) -> None:
    asked = registration.register(
        insurer=world.vs,
        kind=AffiliationKind.INSTITUTION,
        company=registration.Company(
            name=f"{CANARY} Sàrl", gln=with_ean_digit("760199900001"), street="Rue", house_no="1", postcode="1950",
            town="Sion", phone="+41275550100",
        ),
        person=registration.Responsible(
            first_name=CANARY, last_name=CANARY, email="zqcanary.waiting@personne.example", mobile="+41790000009"
        ),
        password=PASSWORD,
        terms=current_terms(world.vs),
        language="fr",
        visitor=Visitor(),
    )  # fmt: skip
    registration.process(insurer=world.vs, registration_id=asked.pk)
    undelivered = OutboxItem.objects.filter(insurer=world.vs).order_by("created_at", "pk")[0]
    OutboxItem.objects.filter(pk=undelivered.pk).update(status=Status.DEAD, last_error="refused", expires_at=None)
    world.ids["item_id"] = undelivered.pk
    world.ids["affiliation_id"] = Affiliation.objects.get(registration=asked).pk
    world.ids["number"] = asked.number


def _the_other_office(world: World) -> None:
    company = factories.partner(world.be, "Drittes Haus")
    world.actors |= {
        "agent_of_be": factories.staff(world.be, StaffRole.AGENT, "review", "vet"),
        "administrator_of_be": factories.staff(world.be, StaffRole.ADMINISTRATOR),
        "manager_of_be": company.manager,
    }
