"""Every address of the platform: what it needs, who owns it, and what the owner gets (security.md §1.9).

An address that is not here fails the suite. `object` names the arguments that point at a thing of the company A or of
its office; `owner` is the role for which the same request must succeed, or the crawler would prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adversarial.world import World


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address. `get` and `post` are the status its owner gets (None: the method is not offered)."""

    owner: str = "anonymous"
    get: int | None = 200
    post: int | None = None
    data: dict[str, str] = field(default_factory=dict)
    object: dict[str, str] = field(default_factory=dict)  # argument of the address → key of World.ids
    fixed: dict[str, Any] = field(default_factory=dict)
    shows: bool = False  # the canary is on the owner's page
    mine: bool = False  # the object is the person's own, not the company's
    slug: bool = True

    @property
    def methods(self) -> tuple[str, ...]:
        return (*(("GET", "HEAD") if self.get else ()), *(("POST",) if self.post else ()))

    def arguments(self, world: World, slug: str) -> dict[str, Any]:
        named = {name: world.ids[key] for name, key in self.object.items()}
        return ({"slug": slug} if self.slug else {}) | self.fixed | named


def _invoice(key: str) -> dict[str, str]:
    return {"invoice_id": key}


_FILE = {"invoice_id": "draft_id", "attachment_id": "attachment_id"}
_WHO = {"beneficiary_id": "beneficiary_id"}
_ASKED = {"affiliation_id": "affiliation_id"}

ROUTES: dict[str, Route] = {
    "outbox": Route(slug=False),
    "ui:language": Route(get=None, post=302, data={"language": "de"}, slug=False),
    "ui:styleguide": Route(slug=False),
    "ui:theme": Route(),
    "platform:spaces": Route(slug=False),
    "accounts:login": Route(post=422),
    "accounts:code": Route(get=302, post=302),
    "accounts:resend": Route(get=None, post=302),
    "accounts:logout": Route(get=None, post=302, owner="colleague"),
    "accounts:keepalive": Route(owner="colleague", get=None, post=204),
    "accounts:forgotten": Route(post=422),
    "accounts:reset": Route(fixed={"token": "unknown"}, get=404, post=404),
    "accounts:confirm_address": Route(fixed={"token": "unknown"}, get=404, post=404),
    "accounts:register": Route(post=422),
    "accounts:registered": Route(object={"number": "number"}),
    "accounts:terms": Route(),
    "accounts:invitation": Route(fixed={"token": "unknown"}, get=404, post=404),
    "accounts:vetting": Route(owner="agent", shows=True),
    "accounts:vetting_one": Route(owner="agent", object=_ASKED, shows=True),
    "accounts:vetting_accept": Route(owner="agent", object=_ASKED, get=None, post=302),
    "accounts:vetting_refuse": Route(owner="agent", object=_ASKED, get=None, post=302, data={"reason": "Non"}),
    "accounts:me": Route(owner="manager"),
    "accounts:password": Route(owner="manager", post=422),
    "accounts:language": Route(owner="manager", get=None, post=302, data={"language": "de"}),
    "accounts:mobile": Route(owner="manager", post=422),
    "accounts:mobile_code": Route(owner="manager", get=302, post=302),
    "accounts:end_others": Route(owner="manager", get=None, post=302),
    "accounts:end_session": Route(owner="manager", get=None, post=302, object={"session_id": "session_id"}, mine=True),
    "accounts:step_up": Route(owner="manager", post=422),
    "accounts:step_up_code": Route(owner="manager", get=302, post=302),
    "accounts:company": Route(owner="manager", shows=True),
    "accounts:member_add": Route(owner="manager", post=422),
    "accounts:member_edit": Route(owner="manager", object={"member_id": "member_id"}, post=422, shows=True),
    "accounts:member_remove": Route(owner="manager", object={"member_id": "member_id"}, post=302, shows=True),
    "accounts:invitation_resend": Route(owner="manager", object={"invitation_id": "invitation_id"}, get=None, post=302),
    "accounts:invitation_revoke": Route(owner="manager", object={"invitation_id": "invitation_id"}, get=None, post=302),
    "accounts:account_add": Route(owner="manager", post=422, shows=True),
    "accounts:account_edit": Route(owner="manager", object={"account_id": "account_id"}, get=302, post=302),
    "accounts:account_archive": Route(owner="manager", object={"account_id": "account_id"}, post=302, shows=True),
    "accounts:staff": Route(owner="administrator", shows=True),
    "accounts:staff_add": Route(owner="administrator", post=422),
    "accounts:staff_edit": Route(owner="administrator", object={"member_id": "staff_id"}, post=422, shows=True),
    "accounts:staff_remove": Route(owner="administrator", object={"member_id": "staff_id"}, post=302, shows=True),
    "accounts:staff_resend": Route(
        owner="administrator", object={"invitation_id": "staff_invitation_id"}, get=None, post=302
    ),
    "accounts:staff_revoke": Route(
        owner="administrator", object={"invitation_id": "staff_invitation_id"}, get=None, post=302
    ),
    "accounts:undelivered": Route(owner="administrator"),
    "accounts:undelivered_retry": Route(owner="administrator", object={"item_id": "item_id"}, get=None, post=303),
    "invoices:counter": Route(owner="colleague", shows=True),
    "invoices:new": Route(owner="colleague", fixed={"code": "318.632"}, get=None, post=302),
    "invoices:case": Route(owner="colleague", object=_invoice("sent_id"), shows=True),
    "invoices:entry": Route(owner="colleague", object=_invoice("draft_id"), post=409, shows=True),
    "invoices:autosave": Route(owner="colleague", object=_invoice("draft_id"), get=None, post=409),
    "invoices:confirm": Route(owner="colleague", object=_invoice("draft_id"), post=409, shows=True),
    "invoices:sent": Route(owner="colleague", object=_invoice("sent_id")),
    "invoices:pdf": Route(owner="colleague", object=_invoice("sent_id")),
    "invoices:withdraw": Route(owner="colleague", object=_invoice("sent_id"), get=None, post=302),
    "invoices:discard": Route(owner="colleague", object=_invoice("draft_id"), get=None, post=302),
    "invoices:attach": Route(owner="colleague", object=_invoice("draft_id"), get=None, post=422),
    "invoices:attachments": Route(owner="colleague", object=_invoice("draft_id"), shows=True),
    "invoices:attachment": Route(owner="colleague", object=_FILE),
    "invoices:preview": Route(owner="colleague", object=_FILE, fixed={"page": 1}),
    "invoices:detach": Route(owner="colleague", object=_FILE, get=None, post=303),
    "invoices:take_over": Route(owner="colleague", object=_FILE, get=None, post=303),
    "invoices:beneficiaries": Route(owner="colleague", shows=True),
    "invoices:beneficiary_add": Route(owner="colleague", post=422),
    "invoices:beneficiary": Route(owner="colleague", object=_WHO, post=422, shows=True),
    "invoices:beneficiary_remove": Route(owner="colleague", object=_WHO, post=409, shows=True),
    "invoices:power_of_attorney": Route(owner="colleague", object=_WHO),
    "invoices:desk_queue": Route(owner="agent", shows=True),
    "invoices:review": Route(owner="agent", object=_invoice("sent_id"), shows=True),
    "invoices:review_open": Route(owner="agent", object=_invoice("sent_id"), get=None, post=303),
    "invoices:decide": Route(
        owner="agent", object=_invoice("sent_id"), get=None, post=303, data={"do": "accept", "version": "1"}
    ),
    "invoices:batches": Route(owner="administrator"),
    "invoices:make_batch": Route(owner="administrator", get=None, post=303),
    "invoices:batch": Route(owner="administrator", object={"batch_id": "batch_id"}),
    "invoices:batch_file": Route(owner="administrator", object={"batch_id": "batch_id"}, shows=True),
    "invoices:verify_form": Route(),
    "invoices:verify": Route(object={"code": "receipt"}),
    "audit:list": Route(owner="auditor", post=200),
}


def patterns(resolver: Any = None, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """(name with namespaces, view) of every address there is."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, (*names, *filter(None, [entry.namespace])))
        elif isinstance(entry, URLPattern):
            yield ":".join((*names, entry.name or "")), entry.callback
