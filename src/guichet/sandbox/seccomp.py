"""seccomp: the kernel answers a few calls only — memory, clock, the pipes already open — and refuses all others.

No file is opened, no socket made, no program or thread started: such calls fail with EPERM. Numbers are those of the
two machines Guichet runs on; elsewhere this lock is not offered.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import Final

from guichet.sandbox import syscalls

_SET_SECCOMP: Final = 22
_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EPERM
_X32: Final = 0x40000000  # the other numbering of x86_64

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # offsets in `struct seccomp_data`, little endian

_MACHINES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# name: number on x86_64, on aarch64; None where a machine has no such call
_ALLOWED: Final[dict[str, tuple[int | None, int | None]]] = {
    "read": (0, 63), "readv": (19, 65), "pread64": (17, 67),
    "write": (1, 64), "writev": (20, 66), "pwrite64": (18, 68),
    "lseek": (8, 62), "close": (3, 57), "fstat": (5, 80), "fcntl": (72, 25), "poll": (7, None), "ppoll": (271, 73),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "mremap": (25, 216), "brk": (12, 214),
    "madvise": (28, 233), "futex": (202, 98), "membarrier": (324, 283), "rseq": (334, 293),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101),
    "gettimeofday": (96, 169), "time": (201, None), "times": (100, 153), "getrusage": (98, 165),
    "getrandom": (318, 278), "getpid": (39, 172), "gettid": (186, 178), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getcpu": (309, 168),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
_OWN_ONLY: Final = {"prlimit64": (302, 261)}  # allowed if the first argument is 0: this very process


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def is_offered() -> bool:
    """Whether the kernel takes a filter; asking changes nothing (it complains about the missing program)."""
    if platform.machine() not in _MACHINES:
        return False
    try:
        syscalls.prctl(_SET_SECCOMP, _FILTER, 0)
    except OSError as error:
        return error.errno == errno.EFAULT
    return False


def shut() -> bool:
    """Let the filter fall, for good; whether it did."""
    if not is_offered():
        return False
    code = _program(*_MACHINES[platform.machine()])
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    syscalls.prctl(syscalls.NO_NEW_PRIVILEGES, 1)
    syscalls.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program))
    return True


def _program(machine: int, column: int) -> bytes:
    """The filter: instructions of 8 bytes each (operation, jump if true, jump if false, value)."""
    code = [
        _instruction(_LOAD, _MACHINE_AT),
        _instruction(_EQUAL, machine, 1, 0),
        _instruction(_RETURN, _REFUSE),
        _instruction(_LOAD, _NUMBER_AT),
        _instruction(_AT_LEAST, _X32, 0, 1),
        _instruction(_RETURN, _REFUSE),
    ]
    for numbers in _ALLOWED.values():
        if (number := numbers[column]) is not None:
            code += [_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, _ALLOW)]
    for own in _OWN_ONLY.values():
        code += [
            _instruction(_EQUAL, own[column], 0, 4),
            _instruction(_LOAD, _FIRST_ARGUMENT_AT),
            _instruction(_EQUAL, 0, 0, 1),
            _instruction(_RETURN, _ALLOW),
            _instruction(_RETURN, _REFUSE),
        ]
    code.append(_instruction(_RETURN, _REFUSE))
    return b"".join(code)


def _instruction(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", operation, if_true, if_false, value)
