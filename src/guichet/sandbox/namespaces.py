"""A world of its own: a network without a single device and an empty root directory, then no rights even there."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Final

from guichet.sandbox import syscalls

_USER, _NETWORK, _MOUNTS, _IPC = 0x10000000, 0x40000000, 0x00020000, 0x08000000
_READ_ONLY_BARE: Final = 0b1111  # read only, no set-user-id, no devices, no programs
_PRIVATE_ALL_THE_WAY: Final = (1 << 18) | (1 << 14)
_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_CAPABILITIES_VERSION_3: Final = 0x20080522
_KNOBS: Final = {  # what forbids it, where such a switch exists
    "/proc/sys/user/max_user_namespaces": "0",
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
}


def is_offered() -> bool:
    """Whether nothing is known to forbid it; only the attempt can tell."""
    if os.uname().machine not in _CAPSET:
        return False
    return not any(Path(knob).exists() and Path(knob).read_text().strip() == no for knob, no in _KNOBS.items())


def shut() -> bool:
    """Move this process out of the world; whether the kernel let it. Needs a process of one thread."""
    if not is_offered():
        return False
    user, group = os.geteuid(), os.getegid()
    try:
        syscalls.unshare(_USER | _NETWORK | _MOUNTS | _IPC)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
        syscalls.mount(b"none", b"/", _PRIVATE_ALL_THE_WAY)
        syscalls.mount(b"tmpfs", b"/proc", _READ_ONLY_BARE, b"size=4k")
        os.chroot("/proc")
        os.chdir("/")
        _drop_capabilities()
    except OSError:
        return False
    return True


def _drop_capabilities() -> None:
    """Without them there is no way back through the new root, and nothing more to mount."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    syscalls.prctl(syscalls.NO_NEW_PRIVILEGES, 1)
    syscalls.call(_CAPSET[os.uname().machine], head, none)
