"""Child processes that never outlive their parent, and the account they run under."""

from __future__ import annotations

import contextlib
import ctypes
import grp
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PR_SET_PDEATHSIG = 1
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def die_with_parent(signal_number: int, parent: int | None = None) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends this signal to the child when the thread that started it dies, even by kill -9.

    A process may also call it for itself, naming its `parent`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    is_child_to_be = parent is None
    parent = parent or os.getpid()

    def guard() -> None:
        if is_child_to_be:  # the parent's own handler, alive until exec, would swallow it
            signal.signal(signal_number, signal.SIG_DFL)
        libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the guard was in place
            os.kill(os.getpid(), signal_number)

    return guard


@dataclass(frozen=True)
class Account:
    """Who a database process runs as. `prefix` is put before the command where changing the user is impossible."""

    uid: int
    gid: int
    name: str
    switch: bool = False
    prefix: tuple[str, ...] = ()

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run to the end and return what it said; never raises for a failing command."""
        user = self.uid if self.switch else None
        group = self.gid if self.switch else None
        try:
            return subprocess.run(
                [*self.prefix, *map(str, command)],
                user=user,
                group=group,
                extra_groups=[] if self.switch else None,
                cwd="/",
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            return subprocess.CompletedProcess(list(map(str, command)), 126, "", str(error))

    def start(self, command: Sequence[str | Path], *, log: Path, on_parent_death: int) -> subprocess.Popen[bytes]:
        """Start a child in a session of its own (Ctrl-C is its parent's business) that ends with its parent."""
        user = self.uid if self.switch else None
        group = self.gid if self.switch else None
        with log.open("ab") as output:
            return subprocess.Popen(
                [*self.prefix, *map(str, command)],
                user=user,
                group=group,
                extra_groups=[] if self.switch else None,
                cwd="/",
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(on_parent_death),  # noqa: PLW1509 - one thread, and the guard allocates nothing
            )

    def owns(self, path: Path) -> None:
        """Hand a file or directory over (in a user namespace everything is ours already)."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def reaches(self, directory: Path) -> bool:
        """Whether the account can pass every directory on the way and list the last."""
        return self.run(["/bin/sh", "-c", 'cd "$1" && ls >/dev/null', "sh", directory]).returncode == 0


@cache
def database_account() -> Account:
    """PostgreSQL refuses root: `postgres`, else `nobody`, else any account, else the same in a user namespace."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), "")
    names = ["postgres", "nobody", *(entry.pw_name for entry in pwd.getpwall() if entry.pw_uid != 0)]
    for name in names:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            account = Account(entry.pw_uid, entry.pw_gid, name, switch=True)
            if account.run(["/bin/true"]).returncode == 0:
                return account
    for name in names:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            group = grp.getgrgid(entry.pw_gid).gr_gid
            prefix = ("unshare", "--user", f"--map-user={entry.pw_uid}", f"--map-group={group}")
            guarded = (*prefix, "setpriv", "--pdeathsig", "INT")  # entering a namespace forgets the guard
            account = Account(0, 0, f"{name} (user namespace)", prefix=guarded)
            if account.run(["/bin/true"]).returncode == 0:
                return account
    raise SystemExit("PostgreSQL does not run as root, and no other account works here: start as an ordinary user.")


def reachable_directory(wanted: Path, account: Account) -> Path:
    """`wanted`, or a directory of the same life below /var/tmp when the account cannot pass its parents."""
    wanted.mkdir(parents=True, exist_ok=True, mode=0o711 if account.switch else 0o700)
    if not account.switch or account.reaches(wanted.parent):
        wanted.chmod(0o711 if account.switch else 0o700)
        return wanted
    name = "guichet-" + hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    for parent in (Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108 - owner and kind are checked below
        place = parent / name
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o711, exist_ok=True)
            state = place.lstat()
            if stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and account.reaches(parent):
                place.chmod(0o711)
                _forget_the_abandoned(parent)
                (place / "belongs-to").write_text(str(wanted))
                return place
    raise SystemExit(f"No directory that the account {account.name} can reach: set GUICHET_VAR to one.")


def _forget_the_abandoned(parent: Path) -> None:
    """Delete such directories whose own data directory was deleted and where nothing runs any more."""
    for place in parent.glob("guichet-*"):
        with contextlib.suppress(OSError):
            owner = place.lstat()
            wanted = Path((place / "belongs-to").read_text())
            ours = stat.S_ISDIR(owner.st_mode) and owner.st_uid == os.geteuid()
            if ours and not wanted.parent.exists() and not any(map(working_in, place.iterdir())):
                shutil.rmtree(place)


def working_in(directory: Path) -> list[int]:
    """Processes whose working directory is this one: a data directory's postmaster and all its backends."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if (entry / "cwd").readlink() == directory:
                    found.append(int(entry.name))
    return found


def state_of(pid: int) -> str:
    """The kernel's letter for a process (Z: ended, not yet collected); empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return ""


def handles_interrupt(pid: int) -> bool:
    """Whether a process is inside its handler of SIGINT, where the kernel blocks a second one.

    GNU make told alone to stop by SIGINT waits there for its children and tells them nothing.
    """
    try:
        blocked = re.search(r"^SigBlk:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except OSError:
        return False
    return blocked is not None and bool(int(blocked.group(1), 16) >> (signal.SIGINT - 1) & 1)


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.02) -> bool:
    """Ask again and again; False when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def end(process: subprocess.Popen[bytes], *signals: tuple[int, float]) -> None:
    """Send each (signal, seconds to wait) in turn until the process has ended; kill it at last."""
    for number, seconds in (*signals, (signal.SIGKILL, 5.0)):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
