"""Calls of the kernel that Python has no name for."""

from __future__ import annotations

import ctypes
import os
from typing import Final

NO_NEW_PRIVILEGES: Final = 38  # prctl; asked for before Landlock and seccomp are accepted of a process without rights

_libc: Final = ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: object) -> int:
    """A system call by its number. Raises `OSError`."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, *arguments: object) -> int:
    """`prctl(2)`. Raises `OSError`."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _checked(_libc.prctl(option, *(ctypes.c_ulong(one) if isinstance(one, int) else one for one in padded)))


def unshare(flags: int) -> None:
    """`unshare(2)`. Raises `OSError`."""
    _checked(_libc.unshare(flags))


def mount(kind: bytes, place: bytes, flags: int, options: bytes = b"") -> None:
    """`mount(2)` of a file system that has no device. Raises `OSError`."""
    _checked(_libc.mount(kind, place, kind, ctypes.c_ulong(flags), options))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
