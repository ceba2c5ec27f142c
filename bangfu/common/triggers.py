"""Triggers by which the database itself keeps a rule, for SQLite and PostgreSQL.

Used in migrations::

    operations = [forbid_change("common_auditentry")]
    operations = [forbid_change("casework_determination", columns=("facts", "result"))]   # other columns may change

A broken rule surfaces as ``django.db.IntegrityError`` on both databases. On SQLite a later migration that rebuilds a table (most
``AlterField``s) drops the table's triggers: repeat the operation behind it. A test of the room checks that the rule holds.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.migrations import RunPython


def per_vendor(
    *, sqlite: Iterable[str], postgresql: Iterable[str], undo_sqlite: Iterable[str], undo_postgresql: Iterable[str]
) -> RunPython:
    """A migration operation that runs the statements of the database at hand."""

    def runner(of_sqlite: Iterable[str], of_postgresql: Iterable[str]) -> Callable[[Any, Any], None]:
        chosen = {"sqlite": tuple(of_sqlite), "postgresql": tuple(of_postgresql)}

        def run(apps: Any, schema_editor: Any) -> None:
            connection = schema_editor.connection
            with connection.cursor() as cursor:
                for statement in chosen[connection.vendor]:
                    cursor.execute(statement)

        return run

    return RunPython(runner(sqlite, postgresql), runner(undo_sqlite, undo_postgresql))


def forbid_change(table: str, *, columns: Sequence[str] = ()) -> RunPython:
    """Rows of ``table`` can be added but never deleted; nor changed, or only outside ``columns`` where some are named."""
    message = f"{table}: rows are never changed or deleted"
    lite_when = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in columns)
    post_when = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in columns)
    name = f"{table}_stays"
    return per_vendor(
        sqlite=[
            f'CREATE TRIGGER "{name}_update" BEFORE UPDATE ON "{table}" {"WHEN " + lite_when if columns else ""} '
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            f'CREATE TRIGGER "{name}_delete" BEFORE DELETE ON "{table}" BEGIN SELECT RAISE(ABORT, \'{message}\'); END',
        ],
        undo_sqlite=[f'DROP TRIGGER "{name}_update"', f'DROP TRIGGER "{name}_delete"'],
        postgresql=[
            f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$body$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $body$",
            f'CREATE TRIGGER "{name}_update" BEFORE UPDATE ON "{table}" FOR EACH ROW '
            f'{"WHEN (" + post_when + ")" if columns else ""} EXECUTE FUNCTION "{name}"()',
            f'CREATE TRIGGER "{name}_delete" BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
            f'CREATE TRIGGER "{name}_truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
        ],
        undo_postgresql=[
            f'DROP TRIGGER "{name}_update" ON "{table}"',
            f'DROP TRIGGER "{name}_delete" ON "{table}"',
            f'DROP TRIGGER "{name}_truncate" ON "{table}"',
            f'DROP FUNCTION "{name}"()',
        ],
    )
