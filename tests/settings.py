"""Settings of the test run: own keys, fast hashing where a test does not ask for Argon2, either database by BANGFU_DATABASE_URL."""

import base64
import json
import os
import tempfile
from pathlib import Path

_KEYS = {"t1": base64.b64encode(b"0" * 16).decode(), "t2": base64.b64encode(b"1" * 16).decode()}
os.environ.pop("BANGFU_PRACTICE", None)
os.environ.setdefault("BANGFU_VAR", str(Path(tempfile.gettempdir()) / f"bangfu-test-{os.getuid()}"))
os.environ.setdefault("BANGFU_SECRET_KEY", "only-for-the-test-run-" + "x" * 40)
os.environ.setdefault("BANGFU_KEYS", json.dumps(_KEYS))
os.environ.setdefault("BANGFU_ACTIVE_KEY", "t1")
os.environ.setdefault("BANGFU_HASH_KEY", base64.b64encode(b"2" * 32).decode())
os.environ.setdefault("BANGFU_SECURE", "0")
os.environ.setdefault("BANGFU_SECOND_FACTOR", "0")
os.environ.setdefault("BANGFU_ALLOWED_HOSTS", '["testserver", "localhost", "127.0.0.1"]')

from bangfu.config.settings import *  # noqa: E402, F403
from bangfu.config.settings import STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
