"""Landlock: the process can open no file any more, and no TCP connection (Linux 5.13, network 6.7)."""

from __future__ import annotations

import ctypes
import os
from typing import Final

from guichet.sandbox import syscalls

_CREATE_RULESET: Final = 444  # the same number on every machine
_RESTRICT_SELF: Final = 446
_ASK_VERSION: Final = 1
_FILES: Final = {1: 13, 2: 14, 3: 15, 5: 16}  # version → how many rights on files it knows, the lowest bits
_NETWORK_SINCE: Final = 4
_BIND_AND_CONNECT: Final = 0b11
_SCOPES_SINCE: Final = 6
_SOCKETS_AND_SIGNALS: Final = 0b11  # abstract Unix sockets and signals to whoever is outside


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


def version() -> int:
    """Of the kernel's Landlock; 0 if it has none."""
    try:
        return syscalls.call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    except OSError:
        return 0


def shut() -> bool:
    """Take from this process every right the kernel knows how to take; whether it knows any."""
    known = version()
    if not known:
        return False
    rights = max(count for since, count in _FILES.items() if since <= known)
    ruleset = _Ruleset(files=(1 << rights) - 1)
    size = 8
    if known >= _NETWORK_SINCE:
        ruleset.network, size = _BIND_AND_CONNECT, 16
    if known >= _SCOPES_SINCE:
        ruleset.scopes, size = _SOCKETS_AND_SIGNALS, 24
    number = syscalls.call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        syscalls.prctl(syscalls.NO_NEW_PRIVILEGES, 1)
        syscalls.call(_RESTRICT_SELF, ctypes.c_int(number), ctypes.c_uint32(0))
    finally:
        os.close(number)
    return True
