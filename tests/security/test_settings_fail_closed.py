"""What an installation may not be switched to by accident, asked of a fresh process each time."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
REAL = {
    "BANGFU_SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "BANGFU_KEYS": json.dumps({"k1": base64.b64encode(b"1" * 16).decode()}),
    "BANGFU_ACTIVE_KEY": "k1",
    "BANGFU_HASH_KEY": base64.b64encode(b"2" * 32).decode(),
    "BANGFU_ALLOWED_HOSTS": '["bangfu.example"]',
}


def started(tmp_path: Path, show: str = "", **given: str) -> subprocess.CompletedProcess[str]:
    """Loads the settings with exactly these variables and prints an expression of them."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BANGFU_", "DJANGO_"))}
    clean |= {"BANGFU_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bangfu.config.settings"} | given
    program = f"import django; django.setup(); from django.conf import settings; print({show or 'settings.DEBUG'})"
    return subprocess.run(
        [sys.executable, "-c", program], env=clean, cwd=HOME, capture_output=True, text=True, check=False
    )


def refused(done: subprocess.CompletedProcess[str], word: str) -> bool:
    return done.returncode != 0 and "ImproperlyConfigured" in done.stderr and word in done.stderr


def test_nothing_starts_without_keys(tmp_path: Path) -> None:
    for missing in ("BANGFU_SECRET_KEY", "BANGFU_KEYS", "BANGFU_ACTIVE_KEY", "BANGFU_HASH_KEY"):
        given = {name: value for name, value in REAL.items() if name != missing}
        assert refused(started(tmp_path, **given), missing)


def test_practice_is_refused_beside_a_real_database(tmp_path: Path) -> None:
    done = started(tmp_path, BANGFU_PRACTICE="1", BANGFU_DATABASE_URL="postgresql://a:b@db.example/bangfu")
    assert refused(done, "BANGFU_PRACTICE")
    assert "a:b" not in done.stderr


def test_practice_is_refused_under_a_name_that_others_can_reach(tmp_path: Path) -> None:
    assert refused(started(tmp_path, BANGFU_PRACTICE="1", BANGFU_ALLOWED_HOSTS='["bangfu.example"]'), "BANGFU_PRACTICE")
    assert started(tmp_path, BANGFU_PRACTICE="1").returncode == 0


def test_error_pages_with_values_are_refused_outside_practice(tmp_path: Path) -> None:
    assert refused(started(tmp_path, BANGFU_DEBUG="1", **REAL), "BANGFU_DEBUG")


@pytest.mark.parametrize(("proxy", "header"), [("0", "None"), ("1", "('HTTP_X_FORWARDED_PROTO', 'https')")])
def test_a_header_makes_a_request_secure_only_behind_a_trusted_proxy(tmp_path: Path, proxy: str, header: str) -> None:
    done = started(tmp_path, "settings.SECURE_PROXY_SSL_HEADER", BANGFU_TRUSTED_PROXY=proxy, **REAL)
    assert done.stdout.strip() == header


def test_a_real_installation_keeps_cookies_to_https_and_asks_for_the_second_factor(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "SECURE_SSL_REDIRECT",
        "BANGFU_SECOND_FACTOR",
    )
    done = started(tmp_path, f"[getattr(settings, name) for name in {names!r}]", **REAL)
    assert done.stdout.strip() == str([True] * len(names)), done.stderr


def test_a_practice_site_does_not_listen_to_other_machines(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BANGFU_", "DJANGO_"))}
    clean |= {"BANGFU_VAR": str(tmp_path), "BANGFU_PRACTICE": "1"}
    command = [sys.executable, "-m", "bangfu.cli", "serve", "--host", "0.0.0.0", "--port", "8130"]
    done = subprocess.run(command, env=clean, cwd=HOME, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "练习系统" in done.stderr
