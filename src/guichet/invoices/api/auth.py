"""Who a key acts for. No login, no cookie, and therefore no CSRF: a browser never sends a key by itself."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.db import transaction
from ninja.errors import HttpError
from ninja.security import HttpBearer

from guichet import audit
from guichet.accounts import throttles
from guichet.accounts.throttles import Brake
from guichet.invoices.actions import tokens

if TYPE_CHECKING:
    from django.http import HttpRequest

    from guichet.invoices.actions.tokens import TokenActor

_MINUTE: Final = timedelta(minutes=1)
PER_TOKEN: Final = Brake("api.token", 600, _MINUTE, _MINUTE)
WRONG: Final = Brake("api.wrong", 30, timedelta(minutes=15), timedelta(minutes=15))  # per address


class Throttled(Exception):
    """Too many requests; `seconds` until the next (429)."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Key(HttpBearer):
    """`Authorization: Bearer gk_…`, with the scope an operation asks for."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> TokenActor | None:
        """The actor; None (401) for a key that opens nothing. 403 for a missing scope, 429 for too many requests."""
        insurer = request.insurer  # type: ignore[attr-defined]
        address = request.META.get("REMOTE_ADDR", "")
        if "invoices" not in insurer.systems:
            return None
        _refuse_closed(WRONG, address)
        actor = tokens.find(token, insurer=insurer)
        request.actor = actor  # type: ignore[attr-defined]  # who asks for what is hidden leaves a line in the audit
        if actor is None:
            throttles.take(WRONG, address)
            return None
        _take(PER_TOKEN, actor.token_id)
        if self.scope not in actor.scopes:
            _note_refusal(actor, request.path_info)
            raise HttpError(HTTPStatus.FORBIDDEN, f"scope {self.scope} is missing")
        return actor


def _refuse_closed(brake: Brake, key: str) -> None:
    if throttles.closed_until(brake, key):
        raise Throttled(int(brake.pause.total_seconds()))


def _take(brake: Brake, key: str) -> None:
    if throttles.take(brake, key).until:
        raise Throttled(int(brake.pause.total_seconds()))


def _note_refusal(actor: TokenActor, path: str) -> None:
    with transaction.atomic():
        audit.record(
            "authz.denied", insurer_id=actor.insurer.pk, by=actor.who, on="route", object_id=path[:200],
            outcome="refused", reason="scope",
        )  # fmt: skip
