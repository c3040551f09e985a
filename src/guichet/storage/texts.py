"""Short texts sealed with the key of an object: where that key is shredded, they cannot be read again either.

They lie in columns of the database, thus in its log and in its backups. The key is derived from the object's for texts
alone; every text has a nonce of its own and is bound to the object.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guichet.storage.errors import Corrupt, NotHolder
from guichet.storage.keystore import KEY_BYTES
from guichet.storage.store import binding_of, key_of

if TYPE_CHECKING:
    from guichet.storage.models import StoredObject

MARK: Final = "sealed1:"
"""What a sealed text begins with."""
_INFO: Final = b"guichet-text-1"
_NONCE_BYTES: Final = 12


def seal_text(obj: StoredObject, text: str) -> str:
    """The text as only the object's key opens it. Raises `Destroyed` if that is shredded."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    box = AESGCM(_key(obj)).encrypt(nonce, text.encode(), _about(obj))
    return MARK + base64.b64encode(nonce + box).decode("ascii")


def open_text(obj: StoredObject, sealed: str) -> str:
    """The clear text. Raises `Destroyed`, and `Corrupt` for what `seal_text` did not make of this object."""
    try:
        data = base64.b64decode(sealed.removeprefix(MARK), validate=True)
        clear = AESGCM(_key(obj)).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _about(obj))
    except (InvalidTag, ValueError):
        raise Corrupt(f"{obj.pk}: a text is not what was sealed") from None
    return clear.decode()


def _key(obj: StoredObject) -> bytes:
    """Derived from the object's key, whoever holds it now."""
    try:
        key = key_of(obj, holder=obj.holder)
    except NotHolder:  # handed over since this row was read
        obj.refresh_from_db(fields=["holder", "destroyed_at"])
        key = key_of(obj, holder=obj.holder)
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=_INFO).derive(key)


def _about(obj: StoredObject) -> bytes:
    """As its chunks are bound: an object that moved to another insurer takes its texts along."""
    bound = binding_of(obj)
    return b"|".join((_INFO, str(bound.insurer_id).encode(), bound.object_id.hex.encode()))
