"""Who takes part in the journeys. Everybody logs in once and keeps the login, as people do over a morning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.steps import login
from tests.journeys.steps.people import Someone, somebody_new

if TYPE_CHECKING:
    from collections.abc import Callable

_logins: dict[tuple[str, str, int], Any] = {}


@pytest.fixture
def arrive(visit, live) -> Callable[..., Someone]:
    """`arrive("vs", "collaborator")` is one of the demo's people, logged in; `fresh=True` logs in anew."""

    def arriving(slug: str, role: str, number: int = 0, *, fresh: bool = False, **options: Any) -> Someone:
        known = None if fresh else _logins.get((slug, role, number))
        account, scripts = live.account(slug, role, number), options.get("javascript", True)
        someone = Someone(visit(storage_state=known, **options), live, slug, account, scripts)
        someone.goes_to("/")
        if someone.page.get_by_role("button", name="Se connecter").count():  # for the first time, or it has ended
            login.identify(someone)
            login.confirm(someone)
            if not fresh:
                _logins[slug, role, number] = someone.page.context.storage_state()
        return someone

    return arriving


@pytest.fixture
def stranger(visit, live) -> Callable[..., Someone]:
    """`stranger("vs")` has never been here."""

    def coming(slug: str, **options: Any) -> Someone:
        return Someone(visit(**options), live, slug, somebody_new(), options.get("javascript", True))

    return coming


@pytest.fixture
def sandra(arrive) -> Someone:
    """A collaborator of the Fondation Les Mélèzes."""
    return arrive("vs", "collaborator")


@pytest.fixture
def jean(arrive) -> Someone:
    """Its manager."""
    return arrive("vs", "manager")


@pytest.fixture
def luc(arrive) -> Someone:
    """An agent of the office AI du Valais."""
    return arrive("vs", "agent")


@pytest.fixture
def claire(arrive) -> Someone:
    """Its administrator."""
    return arrive("vs", "administrator")
