"""Uploaded files on disk: encrypted, written whole or not at all, found again by a random name."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from bangfu.common.crypto import provider


def folder() -> Path:
    path = Path(settings.BANGFU_EVIDENCE_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _place(name: str) -> Path:
    if not name.isalnum():
        raise ValueError("not the name of a blob")
    return folder() / name[:2] / name


def _context(name: str) -> bytes:
    # the name is authenticated with the content, so files cannot be exchanged behind the database's back
    return f"families.evidence.{name}".encode()


def write(data: bytes) -> str:
    """Encrypts and stores; when this returns, the file survives a power cut. Returns its name."""
    name = secrets.token_hex(20)
    target = _place(name)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(provider().encrypt(data, context=_context(name)))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return name


def read(name: str) -> bytes:
    """The content in clear. Raises ``CryptoError`` when a byte was changed, ``FileNotFoundError`` when the file is gone."""
    return provider().decrypt(_place(name).read_bytes(), context=_context(name))


def remove(name: str) -> None:
    """Takes the file away; one that is not there is no fault."""
    _place(name).unlink(missing_ok=True)


def everything() -> Iterator[tuple[str, Path]]:
    """All files in the store with their names; unfinished ones have a name that starts with a dot."""
    for path in sorted(folder().glob("??/*")) + sorted(folder().glob("??/.part-*")):
        if path.is_file():
            yield path.name, path
