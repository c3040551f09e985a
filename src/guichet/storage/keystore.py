"""Keys of objects, outside the database and its backups: a shredded key survives no restore (crypto-shredding).

    master key (environment)  →  wraps  →  keys of an insurer  →  wrap  →  one key per object

Layout of `KEY_STORE`, one directory per insurer: `<insurer>/wrapping/<key id>`, `<insurer>/current` (the id of the
key that wraps new ones) and `<insurer>/objects/<2 hex>/<object id>`. Every wrapped key names the key it was wrapped
with, so keys can be rotated while the system runs (OWASP ASVS 11.2.2).

A key may be held by somebody else than the insurer: an expert, until the recording is sent (REC-04). It is then wrapped
by a key derived from the insurer's for that holder alone, and read only for who names the holder.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from guichet.storage import durable
from guichet.storage.backends import named_by_id
from guichet.storage.errors import Corrupt, Destroyed, NotHolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from uuid import UUID

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_WRAPPING: Final = b"guichet-wrapping-key-1"
_OBJECT: Final = b"guichet-object-key-1"
_HOLDER: Final = b"guichet-holder-key-1"


class _Wrap(NamedTuple):
    """With which of the insurer's keys a key is wrapped, and for whom; nobody named is the insurer itself."""

    key_id: str
    holder: str = ""

    def __str__(self) -> str:
        return f"{self.key_id} {self.holder}" if self.holder else self.key_id


class KeyStore:
    """A directory of wrapped keys."""

    def __init__(self, root: Path, master: bytes) -> None:
        self.root = root
        self._master = AESGCM(master)
        self._wrapping: dict[tuple[int, str, str], AESGCM] = {}

    def create(self, insurer_id: int, object_id: UUID, *, holder: str = "") -> tuple[bytes, str]:
        """A new object's key and the id of the key that wraps it; on disk when this returns."""
        return self.keep(insurer_id, object_id, secrets.token_bytes(KEY_BYTES), holder=holder)

    def keep(self, insurer_id: int, object_id: UUID, key: bytes, *, holder: str = "") -> tuple[bytes, str]:
        """Wrap a key there is; for an object that came from another insurer."""
        key_id = self.current(insurer_id)
        self._write(insurer_id, object_id, key, _Wrap(key_id, holder))
        return key, key_id

    def read(self, insurer_id: int, object_id: UUID, *, holder: str = "") -> bytes:
        """An object's key, for its holder; nobody named is the insurer.

        Raises `Destroyed` if it was shredded, `NotHolder` if it is wrapped for another one, `Corrupt` if its file was
        changed.
        """
        wrap, key = self._read(insurer_id, object_id, holder=holder)
        del wrap
        return key

    def take_over(self, insurer_id: int, object_id: UUID, *, to: str) -> str:
        """Wrap the key for this holder, and for the former one no more; the same again changes nothing.

        Who may, says the committed row of the object, not this. Returns the id of the key that wraps it now. Raises
        `Destroyed` and `Corrupt`.
        """
        with self._locked(insurer_id):
            wrap, key = self._read(insurer_id, object_id, holder=None)
            if wrap.holder != to:
                self._write(insurer_id, object_id, key, _Wrap(wrap.key_id, to))
            return wrap.key_id

    def _read(self, insurer_id: int, object_id: UUID, *, holder: str | None) -> tuple[_Wrap, bytes]:
        """How the key is wrapped, and the key; for any holder only where the holder stays the same (None)."""
        try:
            content = durable.read_short(self._name(insurer_id, object_id))
        except FileNotFoundError:
            raise Destroyed(str(object_id)) from None
        wrap, wrapped = _split(content)
        if holder is not None and wrap.holder != holder:
            raise NotHolder(str(object_id))
        return wrap, _unwrap(self._wrapping_key(insurer_id, wrap), wrapped, _about_object(insurer_id, object_id, wrap))

    def holds(self, insurer_id: int, object_id: UUID) -> bool:
        """Whether there is a key of this object."""
        return self._path(insurer_id, object_id).exists()

    def shred(self, insurer_id: int, object_id: UUID) -> None:
        """Overwrite and remove an object's key; nothing happens if it is gone."""
        with self._locked(insurer_id):
            durable.shred(self._path(insurer_id, object_id))

    def objects(self, insurer_id: int, *, before: float) -> Iterator[UUID]:
        """Objects whose key was written before this moment (seconds since 1970)."""
        return named_by_id(self._directory(insurer_id) / "objects", before=before)

    def current(self, insurer_id: int) -> str:
        """Id of the insurer's key that wraps new keys; the first one is made on first use."""
        try:
            return (self._directory(insurer_id) / "current").read_text("ascii")
        except FileNotFoundError:
            first = self._new_wrapping(insurer_id)  # of several processes that begin at once, one's key counts
            return durable.write_once(self._directory(insurer_id) / "current", first.encode("ascii")).decode("ascii")

    def rotate(self, insurer_id: int) -> str:
        """Give the insurer a new key and wrap all its objects' keys with it; returns its id.

        Runs beside readers and writers and may be repeated after a crash. The former keys stay
        until `retire`, for a writer that read the former id a moment ago. Raises `Corrupt` at the end, naming the
        objects whose keys are damaged: those stay as they are, all others are wrapped anew.
        """
        key_id, damaged = self._renew(insurer_id), []
        for object_id in list(self.objects(insurer_id, before=time.time() + 1)):
            try:
                with self._locked(insurer_id), contextlib.suppress(Destroyed):
                    wrap, key = self._read(insurer_id, object_id, holder=None)
                    self._write(insurer_id, object_id, key, _Wrap(key_id, wrap.holder))
            except Corrupt as damage:
                damaged.append(f"{object_id}: {damage}")
        if damaged:
            raise Corrupt("; ".join(damaged))
        return key_id

    def retire(self, insurer_id: int, *, older_than: timedelta) -> list[str]:
        """Shred the insurer's keys of more than this age that wrap nothing any more; returns their ids."""
        cutoff = time.time() - older_than.total_seconds()
        used = {self.current(insurer_id)}
        for object_id in self.objects(insurer_id, before=time.time() + 1):
            with contextlib.suppress(FileNotFoundError):  # shredded, or never finished
                used.add(_split(self._path(insurer_id, object_id).read_bytes())[0].key_id)
        retired = []
        for path in sorted((self._directory(insurer_id) / "wrapping").iterdir()):
            if path.name not in used and path.stat().st_mtime < cutoff:
                durable.shred(path)
                for known in [known for known in self._wrapping if known[:2] == (insurer_id, path.name)]:
                    del self._wrapping[known]
                retired.append(path.name)
        return retired

    @contextlib.contextmanager
    def _locked(self, insurer_id: int) -> Iterator[None]:
        """One at a time, over all processes: a rotation must never write back a key that is being shredded."""
        durable.make_directory(self._directory(insurer_id))
        with (self._directory(insurer_id) / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _renew(self, insurer_id: int) -> str:
        key_id = self._new_wrapping(insurer_id)
        durable.write(self._directory(insurer_id) / "current", [key_id.encode("ascii")])
        return key_id

    def _new_wrapping(self, insurer_id: int) -> str:
        key_id = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(6)}"
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = _wrap(self._master, key, _about_wrapping(insurer_id, key_id))
        durable.write(self._directory(insurer_id) / "wrapping" / key_id, [wrapped])
        return key_id

    def _wrapping_key(self, insurer_id: int, wrap: _Wrap) -> AESGCM:
        known = self._wrapping.get((insurer_id, wrap.key_id, wrap.holder))
        if known is None:
            try:
                wrapped = (self._directory(insurer_id) / "wrapping" / wrap.key_id).read_bytes()
            except FileNotFoundError:
                raise Corrupt(f"the key {wrap.key_id} of insurer {insurer_id} is lost") from None
            key = _unwrap(self._master, wrapped, _about_wrapping(insurer_id, wrap.key_id))
            known = AESGCM(_of_holder(key, wrap.holder) if wrap.holder else key)
            self._wrapping[insurer_id, wrap.key_id, wrap.holder] = known
        return known

    def _write(self, insurer_id: int, object_id: UUID, key: bytes, wrap: _Wrap) -> None:
        wrapped = _wrap(self._wrapping_key(insurer_id, wrap), key, _about_object(insurer_id, object_id, wrap))
        durable.write(self._path(insurer_id, object_id), [str(wrap).encode("ascii") + b"\n" + wrapped])

    def _directory(self, insurer_id: int) -> Path:
        return self.root / str(insurer_id)

    def _path(self, insurer_id: int, object_id: UUID) -> Path:
        return Path(self._name(insurer_id, object_id))

    def _name(self, insurer_id: int, object_id: UUID) -> str:
        """As text: every reading asks, and joining paths costs as much as reading the key."""
        name = object_id.hex
        return f"{self.root}/{insurer_id}/objects/{name[:2]}/{name}"


def master_key() -> bytes:
    """The key above all others: from the environment; the demo alone makes one in its key store (0600)."""
    if settings.MASTER_KEY:
        return _decoded(settings.MASTER_KEY)
    if not settings.DEMO:
        raise ImproperlyConfigured("Set the environment variable GUICHET_MASTER_KEY (see docs/operating.md).")
    fresh = base64.b64encode(secrets.token_bytes(KEY_BYTES))
    path = Path(settings.KEY_STORE) / "master.key"
    return _decoded((path.read_bytes() if path.exists() else durable.write_once(path, fresh)).decode("ascii"))


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:  # not base64, or not even ASCII
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"The master key must be {KEY_BYTES} bytes in base64.")
    return key


def _wrap(box: AESGCM, key: bytes, about: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + box.encrypt(nonce, key, about)


def _unwrap(box: AESGCM, wrapped: bytes, about: bytes) -> bytes:
    try:
        return box.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError):
        raise Corrupt("a wrapped key is not what was wrapped") from None


def _split(content: bytes) -> tuple[_Wrap, bytes]:
    head, separator, wrapped = content.partition(b"\n")
    if not separator or not head.isascii():
        raise Corrupt("a key file is damaged")
    key_id, _space, holder = head.decode("ascii").partition(" ")
    return _Wrap(key_id, holder), wrapped


def _of_holder(key: bytes, holder: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=_HOLDER + b"|" + holder.encode("ascii")).derive(key)


def _about_wrapping(insurer_id: int, key_id: str) -> bytes:
    return b"|".join((_WRAPPING, str(insurer_id).encode(), key_id.encode()))


def _about_object(insurer_id: int, object_id: UUID, wrap: _Wrap) -> bytes:
    return b"|".join((_OBJECT, str(insurer_id).encode(), object_id.hex.encode(), str(wrap).encode()))
