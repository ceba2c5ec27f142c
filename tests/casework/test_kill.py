"""The server killed at any moment, really by SIGKILL: what is there is whole, and a new start goes on by itself."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
KILLS = 24


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database for this test alone, on the server that the tests use."""
    given = settings.DATABASES["default"]
    if given["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{tmp_path / 'killed.sqlite3'}"
        return
    import psycopg

    name = f"bangfu_killed_{uuid.uuid4().hex[:12]}"
    access = {
        "user": given["USER"],
        "password": given["PASSWORD"],
        "host": given["HOST"],
        "port": given["PORT"] or None,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **access) as server:
        server.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        try:
            query = urlencode({"host": given["HOST"]})
            port = f":{given['PORT']}" if given["PORT"] else ""
            yield f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@{port}/{name}?{query}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(database: str, var: Path, *words: str) -> dict[str, Any]:
    """Runs a command of ``kill_ground`` in a fresh process and gives its report."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.casework.kill_ground", *words],
        cwd=ROOT, env={**os.environ, "BANGFU_DATABASE_URL": database, "BANGFU_VAR": str(var)},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_server_killed_at_any_moment_leaves_every_act_whole_or_undone_and_the_next_start_goes_on(
    own_database: str, tmp_path: Path
) -> None:
    killed = run(own_database, tmp_path, "torment", "20201015", str(KILLS))
    assert killed["faults"] == []
    assert killed["killed"] == {"enter": 6, "attach": 6, "submit": 6, "review": 6}
    assert killed["applications"] >= 3, "the workers did not get anywhere: nothing was proven"

    again = run(own_database, tmp_path, "go_on")
    assert again["faults"] == []
    assert again["taken_up"] == again["before"]["families"] - again["before"]["reviewed"]
    assert again["still_open"] == 0
    assert again["after"]["families"] == again["after"]["reviewed"] == again["before"]["families"] + 1
    assert again["after"]["orphans"] == 0
