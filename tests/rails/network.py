"""No test reaches beyond this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_socket

if TYPE_CHECKING:
    import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    """127.0.0.1 and unix sockets only; a test that tries more fails with the address it tried."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    pytest_socket._remove_restrictions()
