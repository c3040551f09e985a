"""The three locks a kernel may offer against a parser that has been taken over, and how they fall."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from guichet.sandbox import landlock, namespaces, seccomp

if TYPE_CHECKING:
    from collections.abc import Collection


class Lock(StrEnum):
    """In the order in which they fall: seccomp last, for it refuses the others' calls too."""

    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


_SHUT = {Lock.NAMESPACES: namespaces.shut, Lock.LANDLOCK: landlock.shut, Lock.SECCOMP: seccomp.shut}


def offered() -> frozenset[Lock]:
    """Which locks this kernel offers to this process. Asking changes nothing."""
    asked = {
        Lock.NAMESPACES: namespaces.is_offered,
        Lock.LANDLOCK: lambda: landlock.version() > 0,
        Lock.SECCOMP: seccomp.is_offered,
    }
    return frozenset(lock for lock, is_offered in asked.items() if is_offered())


def shut(wanted: Collection[Lock] | None = None) -> frozenset[Lock]:
    """Let the wanted locks fall on this process, for good; returns those that fell.

    Not saying which means Landlock and seccomp, and the namespaces where seccomp is missing. What must be loaded has
    to be loaded before. Landlock alone leaves datagrams to the limit on open files (`asking.Limits`).
    """
    if wanted is None:
        wanted = set(Lock) - ({Lock.NAMESPACES} if seccomp.is_offered() else set())
    return frozenset(lock for lock in Lock if lock in wanted and _SHUT[lock]())
