"""What an installation sets: environment variables ``BANGFU_*`` and, for a practice installation, ``var/secrets.json``.

Settings fail closed: without a secret key and encryption keys nothing starts, unless ``BANGFU_PRACTICE`` asks for a practice
installation, which makes its own once and keeps them beside its database.
"""

import base64
import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """Read from the environment; names carry the prefix ``BANGFU_``."""

    model_config = SettingsConfigDict(env_prefix="BANGFU_", extra="ignore")

    practice: bool = False
    debug: bool = False
    var: Path = Field(default_factory=lambda: Path.cwd() / "var")
    database_url: str = ""
    secret_key: str = ""
    keys: dict[str, str] = Field(default_factory=dict)
    active_key: str = ""
    hash_key: str = ""
    crypto_provider: str = "bangfu.common.crypto.SoftwareProvider"
    allowed_hosts: list[str] = Field(default_factory=list)
    trusted_origins: list[str] = Field(default_factory=list)
    secure: bool = True
    second_factor: bool = True
    idle_minutes: int = 20
    upload_megabytes: int = 20
    parameters: dict[str, int] = Field(default_factory=dict)
    """Numbers that a policy text leaves open, by the name its pack gives them: ``{"publicity_days": 5}``."""
    trusted_proxy: bool = False
    public_url: str = ""
    """Under which address people reach the site (``https://bangfu.example.cn``): printed as a QR code on public notices."""


def practice_secrets(var: Path) -> dict[str, Any]:
    """The secrets of a practice installation, made once (file mode 0600)."""
    path = var / "secrets.json"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        made = {
            "secret_key": secrets.token_urlsafe(48),
            "keys": {"k1": base64.b64encode(os.urandom(16)).decode()},
            "active_key": "k1",
            "hash_key": base64.b64encode(os.urandom(32)).decode(),
        }
        scratch = path.with_suffix(f".{os.getpid()}")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            json.dump(made, out)
        with contextlib.suppress(FileExistsError):
            os.link(scratch, path)  # whoever comes second keeps the first one's secrets
        scratch.unlink()
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def database(url: str, var: Path) -> dict[str, Any]:
    """Django's database settings for ``postgresql://user:password@host:port/name`` or, when empty, SQLite in ``var``."""
    if not url or url.startswith("sqlite:"):
        name = url.removeprefix("sqlite:").removeprefix("//") or str(var / "bangfu.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;",
            },
        }
    from urllib.parse import parse_qs, unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("BANGFU_DATABASE_URL: postgresql://… or sqlite:///path is wanted")
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
