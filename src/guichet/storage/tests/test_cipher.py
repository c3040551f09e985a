"""Sealed bytes come back whole, from anywhere, or not at all."""

import hashlib
import io
import random
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.storage import cipher
from guichet.storage.errors import Corrupt, TooLarge

KEY = bytes(range(32))
HERE = cipher.Binding(1, uuid.UUID(int=1))
CHUNK = 64


def sealed(clear: bytes, *, key: bytes = KEY, binding: cipher.Binding = HERE, chunk_size: int = CHUNK) -> bytes:
    return b"".join(cipher.seal(cipher.Intake(io.BytesIO(clear), len(clear)), key, binding, chunk_size))


def reader(content: bytes, size: int, *, key: bytes = KEY, binding: cipher.Binding = HERE) -> cipher.SealedReader:
    return cipher.SealedReader(cipher.SealedFile(io.BytesIO(content), key, binding, size=size, chunk_size=CHUNK))


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_cipher_gives_back_what_was_sealed(size):
    content = sealed(noise(size))
    assert len(content) == cipher.sealed_size(size, CHUNK)
    assert reader(content, size).read() == noise(size)


@given(st.integers(0, 700), st.lists(st.tuples(st.integers(0, 800), st.integers(0, 300)), max_size=5))
@settings(deadline=None, max_examples=60)
def test_cipher_reads_like_a_file_from_any_place(size, moves):
    clear = io.BytesIO(noise(size))
    file = io.BufferedReader(reader(sealed(noise(size)), size))
    for place, count in moves:
        assert file.seek(place) == clear.seek(place)
        assert file.read(count) == clear.read(count)
    assert file.seek(0, io.SEEK_END) == size
    assert file.read() == b""


@given(st.integers(0, 700), st.lists(st.tuples(st.integers(0, 800), st.integers(0, 500)), max_size=5))
@settings(deadline=None, max_examples=50)
def test_cipher_fills_a_buffer_of_any_length_in_readings_of_three_chunks(size, moves):
    parts = [
        cipher.seal_part(noise(size)[n : n + CHUNK], KEY, HERE, n // CHUNK, last=n + CHUNK >= size)
        for n in range(0, max(1, size), CHUNK)
    ]
    whole = cipher.SealedFile(
        io.BytesIO(b"".join(parts)), KEY, HERE, size=size, chunk_size=CHUNK, algorithm=cipher.PARTS
    )
    file = cipher.SealedReader(whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cipher, "_SCRATCH", 3 * cipher.sealed_size(CHUNK, CHUNK, cipher.PARTS))
        for place, count in moves:
            if place + count <= size:
                assert whole.range(place, count) == noise(size)[place : place + count]
            file.seek(place)
            got = bytearray()
            while len(got) < count and (piece := file.read(count - len(got))):
                got += piece
            assert got == noise(size)[place : place + count]


def test_cipher_seeks_from_here_and_refuses_what_is_before_the_start():
    file = reader(sealed(noise(200)), 200)
    file.seek(100)
    assert file.seek(-30, io.SEEK_CUR) == 70
    assert file.readall() == noise(200)[70:]
    assert file.tell() == 200
    with pytest.raises(ValueError, match="negative"):
        file.seek(-1)


@given(st.integers(1, 300), st.data())
@settings(deadline=None, max_examples=60)
def test_cipher_notices_every_flipped_bit(size, data):
    content = bytearray(sealed(noise(size)))
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Corrupt):
        reader(bytes(content), size).read()


@given(st.integers(0, 999), st.integers(1, 400))
@settings(deadline=None, max_examples=40)
def test_cipher_serves_no_byte_of_a_damaged_chunk_and_all_of_the_others(place, length):
    content, size = bytearray(sealed(noise(1000))), 1000
    content[5 * 80 + 7] ^= 1  # chunk 5: bytes 320 to 383
    file = cipher.SealedFile(io.BytesIO(content), KEY, HERE, size=size, chunk_size=CHUNK)
    length = min(length, size - place)
    if place < 384 and place + length > 320:
        with pytest.raises(Corrupt):
            file.range(place, length)
    else:
        assert file.range(place, length) == noise(size)[place : place + length]


@pytest.mark.parametrize(("start", "length"), [(-1, 2), (0, 201), (200, 1), (0, -1)])
def test_cipher_has_no_range_beyond_its_bytes(start, length):
    with pytest.raises(Corrupt):
        cipher.SealedFile(io.BytesIO(sealed(noise(200))), KEY, HERE, size=200, chunk_size=CHUNK).range(start, length)


def test_cipher_opens_nothing_left_over_from_another_reading_when_a_file_shrinks():
    content = sealed(noise(200))
    lying = io.BytesIO(content)
    file = cipher.SealedFile(lying, KEY, HERE, size=200, chunk_size=CHUNK)
    assert file.range(0, 200) == noise(200)  # the sealed bytes lie in the thread's scratch now
    lying.truncate(100)
    with pytest.raises(Corrupt):
        file.range(0, 200)


def test_cipher_keeps_readers_of_two_threads_apart():
    with ThreadPoolExecutor(4) as pool:
        sizes = [400 + n for n in range(40)]
        files = [cipher.SealedFile(io.BytesIO(sealed(noise(n))), KEY, HERE, size=n, chunk_size=CHUNK) for n in sizes]
        found = list(pool.map(lambda file: bytes(file.range(1, file.size - 2)), files))
    assert found == [noise(n)[1:-1] for n in sizes]


def test_cipher_has_nothing_beyond_the_end_and_closes_twice():
    file = reader(sealed(noise(200)), 200)
    file.seek(1000)
    assert (file.readall(), file.read(), file.tell()) == (b"", b"", 1000)
    file.close()
    file.close()
    assert file.closed


def test_cipher_notices_swapped_chunks():
    content = sealed(noise(200))
    one, two = content[:80], content[80:160]
    with pytest.raises(Corrupt):
        reader(two + one + content[160:], 200).read()


@pytest.mark.parametrize("kept", [0, 79, 80, 160, 200])
def test_cipher_notices_a_cut_tail(kept):
    with pytest.raises(Corrupt):
        reader(sealed(noise(200))[:kept], 200)


def test_cipher_notices_a_cut_tail_even_when_the_size_was_changed_to_match():
    with pytest.raises(Corrupt):
        reader(sealed(noise(200))[:160], 128).read()


def test_cipher_notices_an_added_tail():
    with pytest.raises(Corrupt):
        reader(sealed(noise(200)) + b"x", 200)


@pytest.mark.parametrize("elsewhere", [cipher.Binding(2, uuid.UUID(int=1)), cipher.Binding(1, uuid.UUID(int=2))])
def test_cipher_opens_nothing_that_was_moved_to_another_insurer_or_object(elsewhere):
    with pytest.raises(Corrupt):
        reader(sealed(noise(10)), 10, binding=elsewhere).read()


def test_cipher_opens_nothing_with_another_key():
    with pytest.raises(Corrupt):
        reader(sealed(noise(10)), 10, key=bytes(32)).read()


@given(st.binary(max_size=300), st.lists(st.integers(1, 90), max_size=9), st.booleans())
@settings(deadline=None, max_examples=50)
def test_part_sealed_in_pieces_is_what_gcm_makes_of_the_whole(clear, cuts, last):
    seal, start = cipher.PartSeal(len(clear), KEY, HERE, 3, last=last), 0
    for cut in (*cuts, len(clear)):
        seal.add(clear[start : start + cut])
        start += cut
    nonce, content = (made := bytes(seal.finish()))[:12], made[12:]
    assert AESGCM(KEY).decrypt(nonce, content, HERE.chunk(3) + bytes([last])) == clear


class Dripping(io.BytesIO):
    """A source that gives three bytes at a time and counts what was asked of it."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.left = size
        self.given = 0

    def read(self, count=-1):
        piece = b"abc"[: min(3, count, self.left)]
        self.left -= len(piece)
        self.given += len(piece)
        return piece


def test_intake_counts_and_hashes_a_source_that_drips():
    intake = cipher.Intake(Dripping(10), 10)
    assert intake.read(100) == b"abcabcabca"
    assert (intake.size, intake.sha256) == (10, hashlib.sha256(b"abcabcabca").hexdigest())


def test_intake_reads_one_byte_beyond_its_limit_and_no_more():
    source = Dripping(1000)
    with pytest.raises(TooLarge) as refused:
        cipher.Intake(source, 10).read(100)
    assert (refused.value.limit, source.given) == (10, 11)
