"""Encryption and keyed look-up of sensitive facts.

SM4-GCM and HMAC-SM3 (GB/T 32907, GB/T 32905) come from ``cryptography``; the provider interface lets an installation put a
hardware module in their place. Every ciphertext names its key, so keys can change without touching old rows at once.

Layout of a ciphertext: 1 byte length of the key id, the key id, 12 bytes nonce, ciphertext, 16 bytes tag.
"""

import base64
import hmac
import os
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

NONCE_BYTES = 12
TAG_BYTES = 16


class CryptoError(Exception):
    """A ciphertext cannot be read: its key is not here, or it was altered."""


class Provider(Protocol):
    """What an installation's cryptographic module must be able to do."""

    def encrypt(self, plain: bytes, *, context: bytes) -> bytes: ...

    def decrypt(self, cipher: bytes, *, context: bytes) -> bytes: ...

    def keyed_hash(self, plain: bytes, *, purpose: bytes) -> bytes: ...

    def digest(self, plain: bytes) -> bytes: ...


class SoftwareProvider:
    """SM4-GCM and HMAC-SM3 in software, keys from the settings (16 bytes each, base64)."""

    def __init__(self, keys: dict[str, str], active: str, hash_key: str) -> None:
        try:
            self._keys = {key_id: base64.b64decode(text, validate=True) for key_id, text in keys.items()}
            self._hash_key = base64.b64decode(hash_key, validate=True)
        except ValueError as fault:
            raise ImproperlyConfigured("BANGFU_KEYS: a key is not base64") from fault
        if active not in self._keys or any(len(key) != 16 for key in self._keys.values()) or len(self._hash_key) < 32:
            raise ImproperlyConfigured(
                "BANGFU_KEYS: keys of 16 bytes, a known active key and a hash key of 32 bytes or more are needed"
            )
        self._active = active

    def encrypt(self, plain: bytes, *, context: bytes) -> bytes:
        """``context`` (table and field) is authenticated, so a ciphertext cannot be moved to another field unnoticed."""
        nonce = os.urandom(NONCE_BYTES)
        encryptor = Cipher(algorithms.SM4(self._keys[self._active]), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        body = encryptor.update(plain) + encryptor.finalize()
        key_id = self._active.encode()
        return bytes([len(key_id)]) + key_id + nonce + body + encryptor.tag

    def decrypt(self, cipher: bytes, *, context: bytes) -> bytes:
        """Raises ``CryptoError`` where the key is unknown or a byte was changed."""
        size = cipher[0] if cipher else 0
        key_id, rest = cipher[1 : 1 + size].decode("ascii", "replace"), cipher[1 + size :]
        if key_id not in self._keys or len(rest) < NONCE_BYTES + TAG_BYTES:
            raise CryptoError(f"key {key_id!r} is not installed")
        nonce, body, tag = rest[:NONCE_BYTES], rest[NONCE_BYTES:-TAG_BYTES], rest[-TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(self._keys[key_id]), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(context)
        try:
            return decryptor.update(body) + decryptor.finalize()
        except InvalidTag as fault:
            raise CryptoError("the ciphertext was altered or belongs to another field") from fault

    def keyed_hash(self, plain: bytes, *, purpose: bytes) -> bytes:
        """HMAC-SM3; ``purpose`` separates look-ups so that hashes of different fields never match."""
        mac = HMAC(self._hash_key, hashes.SM3())
        mac.update(purpose + b"\x00" + plain)
        return mac.finalize()

    def digest(self, plain: bytes) -> bytes:
        sm3 = hashes.Hash(hashes.SM3())
        sm3.update(plain)
        return sm3.finalize()


@lru_cache(maxsize=1)
def provider() -> Provider:
    """The installation's provider (``BANGFU_CRYPTO_PROVIDER``), made once."""
    factory = import_string(settings.BANGFU_CRYPTO_PROVIDER)
    made: Provider = factory(settings.BANGFU_KEYS, settings.BANGFU_ACTIVE_KEY, settings.BANGFU_HASH_KEY)
    return made


def key_id_of(cipher: bytes) -> str:
    """The id of the key that a ciphertext was made with."""
    return bytes(cipher[1 : 1 + cipher[0]]).decode("ascii")


def lookup_hash(purpose: str, value: str) -> str:
    """Keyed hash (hex) by which an encrypted value is found again: ``lookup_hash("id_number", ...)``."""
    return provider().keyed_hash(value.strip().upper().encode(), purpose=purpose.encode()).hex()


def same(left: str, right: str) -> bool:
    """Compares two hashes in constant time."""
    return hmac.compare_digest(left, right)
