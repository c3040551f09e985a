"""A disk that is really full while a recording arrives: told, kept, and over as soon as there is room (REL-04, R06).

A small file system in memory lies where the objects are kept; whoever may not mount one has nothing to try it with.
"""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from guichet.config.local.processes import wait_until
from guichet.storage.cipher import PART_SIZE
from tests.faults.demo import running
from tests.faults.test_upload_cuts import Client, noise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.faults, pytest.mark.proves("REL-04", "REC-03")]

_MOUNT, _UMOUNT = "/bin/mount", "/bin/umount"
_BYTES = 4 * PART_SIZE + 12_345


@contextmanager
def _small(place: Path, size: str) -> Iterator[None]:
    if subprocess.run([_MOUNT, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=False).returncode:
        pytest.skip("no right to mount a small file system")
    try:
        yield
    finally:
        subprocess.run([_UMOUNT, "-l", place], check=True)


def _file(demo, client: Client) -> Path:
    upload = client.place.rstrip("/").rpartition("/")[2]
    [(insurer, stored)] = demo.query("SELECT insurer_id, stored_id FROM recordings_upload WHERE id = %s", [upload])
    name = stored.hex if hasattr(stored, "hex") else str(stored).replace("-", "")
    return demo.var / "objects" / str(insurer) / name[:2] / name


def test_full_disk_puts_an_upload_off_and_ends_when_there_is_room(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo")) as demo, _small(demo.var / "objects", "20m"):
        client = Client(demo, noise(_BYTES))
        for offset in (0, PART_SIZE):
            client.send(offset)
        data, head = client.part(2 * PART_SIZE)
        for _ in range(3):
            status, said = client.ask("PATCH", client.place, head, data)
            assert (status, said["Retry-After"], client.offset()) == (507, "30", 2 * PART_SIZE)
        assert _file(demo, client).stat().st_size == 2 * (PART_SIZE + 28)  # a nonce and a tag each
        assert client.visitor.get("/vs/mandats/").status == 200
        client.visitor.close()
        subprocess.run([_MOUNT, "-o", "remount,size=200m", demo.var / "objects"], check=True)
        while (offset := client.offset()) < _BYTES:
            client.send(offset)
        upload = client.place.rstrip("/").rpartition("/")[2]
        kept = (
            "SELECT sha256 FROM storage_storedobject WHERE id = (SELECT stored_id FROM recordings_upload WHERE id = %s)"
        )
        assert wait_until(lambda: demo.query(kept, [upload]) == [(client.digest,)], seconds=120, step=0.5)
