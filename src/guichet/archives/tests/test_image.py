"""An image holds its files byte for byte, under names every system reads, and is written in one go."""

import io
import os
import tracemalloc

import pycdlib
import pytest

from guichet.archives import Entry, clean_name, write_iso


def written(files):
    out = io.BytesIO()
    write_iso([Entry(name, io.BytesIO(data), len(data)) for name, data in files.items()], out, label="GUICHET")
    return out


def read_back(out, name):
    image, found = pycdlib.PyCdlib(), io.BytesIO()
    image.open_fp(out)
    image.get_file_from_iso_fp(found, joliet_path=f"/{name}")
    image.close()
    return found.getvalue()


@pytest.mark.proves("REC-14")
def test_image_holds_its_files_byte_for_byte():
    files = {"paquet.age": os.urandom(3_000_001), "SHA256SUMS": b"x" * 200, "leer.txt": b"", "LISEZMOI.txt": b"lire\n"}
    out = written(files)
    assert {name: read_back(out, name) for name in files} == files


def test_image_is_written_without_holding_it():
    class Zeros(io.RawIOBase):
        def seek(self, offset, whence=0):
            return offset

        def read(self, size=-1):
            return bytes(size)

    class Sink:
        length = 0

        def write(self, data):
            self.length += len(data)
            return len(data)

    sink = Sink()
    tracemalloc.start()
    write_iso([Entry("paquet.age", Zeros(), 64 * 1024 * 1024)], sink, label="GUICHET")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sink.length > 64 * 1024 * 1024
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\Entretien Élodie.mp3", "Entretien_Elodie.mp3"),
        (".bashrc", "bashrc"),
        ("con.mp3", "fichier_con.mp3"),
        ("\u202eexe.mp3", "exe.mp3"),
        ("", "fichier"),
        ("x" * 300 + ".dss", "x" * 56 + ".dss"),
    ],
)
def test_name_is_readable_everywhere_and_never_a_path(name, clean):
    assert clean_name(name) == clean


def test_image_refuses_a_name_twice_and_one_that_is_not_clean():
    with pytest.raises(ValueError, match="twice"):
        write_iso([Entry("A.txt", io.BytesIO(), 0), Entry("a.txt", io.BytesIO(), 0)], io.BytesIO(), label="X")
    with pytest.raises(ValueError, match="clean"):
        write_iso([Entry("../a.txt", io.BytesIO(), 0)], io.BytesIO(), label="X")
