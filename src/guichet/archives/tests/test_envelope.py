"""An envelope is opened by the passphrase, whole or not at all, by programs that are not ours."""

import io
import os
import pty
import shutil
import subprocess

import pyrage
import pytest

from guichet.archives import Sealer, new_passphrase

SECRET = "K7QD-2M9X-AAAA-BBBB-CCCC"


def sealed(data, passphrase=SECRET):
    out = io.BytesIO()
    with Sealer(out, passphrase) as envelope:
        for start in range(0, len(data), 50_000):
            envelope.write(data[start : start + 50_000])
    return out.getvalue()


@pytest.mark.proves("REC-14")
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
def test_envelope_is_opened_by_another_program_whatever_its_length(size):
    data = os.urandom(size)
    assert pyrage.passphrase.decrypt(sealed(data), SECRET) == data


def test_envelope_does_not_open_with_another_passphrase():
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed(b"sound"), new_passphrase())


@pytest.mark.parametrize("cut", [1, 20, 65_552])
def test_envelope_that_was_cut_does_not_open(cut):
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed(bytes(200_000))[:-cut], SECRET)


def test_envelope_that_failed_on_the_way_does_not_open():
    out = io.BytesIO()
    envelope = Sealer(out, SECRET)
    envelope.write(bytes(200_000))
    envelope.__exit__(OSError, OSError("disk"), None)
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(out.getvalue(), SECRET)


def test_passphrase_is_another_each_time_and_has_twenty_signs():
    found = {new_passphrase() for _ in range(50)}
    assert len(found) == 50
    assert {len(one.replace("-", "")) for one in found} == {20}


@pytest.mark.proves("REC-14")
@pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed here; pyrage opened the same above")
def test_envelope_is_opened_by_age_itself(tmp_path):
    (tmp_path / "paquet.age").write_bytes(sealed(b"what was said" * 10_000))
    opened = open_by_age(tmp_path / "paquet.age", SECRET)
    assert opened == b"what was said" * 10_000


def open_by_age(path, passphrase):
    """`age -d`, which asks for the passphrase at a terminal of its own."""
    ours, theirs = pty.openpty()
    target = path.with_suffix(".out")
    process = subprocess.Popen(
        [shutil.which("setsid"), "--ctty", shutil.which("age"), "-d", "-o", target, path],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        os.write(ours, passphrase.encode() + b"\n")
        assert process.wait(timeout=120) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return target.read_bytes()
