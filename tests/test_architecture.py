"""Tripwires: rules of the house that a linter does not know."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "bangfu"
WRITERS = (
    "save",
    "delete",
    "update",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "raw",
    "execute",
)
ALLOWED = {
    "common/acts.py": "the guard itself",
    "common/audit.py": "appends the log inside the act",
    "common/numbers.py": "takes a number inside the act",
    "common/seed.py": "reference data after migrate",
    "organizations/seed.py": "reference data after migrate",
    "common/triggers.py": "used by migrations only",
    "families/matching/merging.py": "verbs: merge, split, undo, each inside its act",
    "families/matching/journal.py": "writes rows back when a merge is undone, inside its act",
    "families/matching/finding.py": "verbs of the twins list, each inside its act",
    "families/matching/filling.py": "fills look-up hashes, inside its act",
    "families/population.py": "temporary tables and views to read the register by",
}
"""Files outside services that may write rows, each with its reason."""

# plain dictionaries, sets, hashes, files, sessions, a wizard's reading of a form: receivers whose ``update``/``save``/``create`` has nothing to do with rows
NOT_ROWS = re.compile(
    r"^(self\.)?_?(hash(er|es)?|digest|sm3|mac|h|encryptor|decryptor|session|image|thumb|picture|document|doc|pdf|buffer|out|context|"
    r"build\(\)|copy|reading|segno\.make\(.*\)|data|values|given|counts?|seen|found|attributes|attrs|kwargs|settings|scope|env|names|result|query)$"
)


def receiver(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except ValueError:
        return "?"


def writes(source: str) -> list[tuple[int, str]]:
    """Calls in a source that look like writing rows: line and text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS):
            continue
        holder = receiver(node.func.value)
        if node.func.attr in {"update", "save", "create", "delete"} and NOT_ROWS.match(holder):
            continue
        if (
            node.func.attr in {"raw", "execute"}
            and "cursor" not in holder
            and "objects" not in holder
            and "connection" not in holder
        ):
            continue
        found.append((node.lineno, f"{holder}.{node.func.attr}"))
    return found


def outside_services() -> list[Path]:
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
        and "services" not in path.parts
        and path.name != "services.py"
        and path.relative_to(PACKAGE).parts[0] != "policy"
        and path.relative_to(PACKAGE).as_posix() not in ALLOWED
    ]


@pytest.mark.parametrize(
    "source",
    [
        "row.save()",
        "Model.objects.filter(a=1).update(b=2)",
        "Model.objects.create(a=1)",
        "form.save()",
        "rows.delete()",
        "Model.objects.bulk_create(rows)",
        "cursor.execute('UPDATE t SET a = 1')",
        "Model.objects.get_or_create(a=1)",
    ],
)
def test_the_tripwire_sees_a_write(source: str) -> None:
    assert writes(source)


@pytest.mark.parametrize(
    "source", ["seen.update(x)", "hasher.update(b'')", "context.update(a=1)", "image.save(out)", "self.saved()"]
)
def test_the_tripwire_lets_other_things_be(source: str) -> None:
    assert writes(source) == []


def test_rows_are_written_in_services_only() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}:{line} {call}"
        for path in outside_services()
        for line, call in writes(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_the_list_of_exceptions_is_not_longer_than_needed() -> None:
    for name in ALLOWED:
        path = PACKAGE / name
        assert path.exists(), name
        assert name == "common/triggers.py" or writes(path.read_text(encoding="utf-8")), (
            f"{name} writes nothing any more"
        )


CLOCKS = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|timezone\.now|timezone\.localdate|time\.time)\(")
MAY_ASK = {
    "common/clock.py",
    "organizations/middleware.py",
    "organizations/services/entrance.py",
    "families/selectors.py",
}
"""The clock itself; the idle time-out and the age of files on disk, which run by the machine's clock."""


def test_nobody_asks_what_time_it_is() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in MAY_ASK
        and "management" not in path.parts
        and "demo" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if CLOCKS.search(line)
    ]
    assert found == []


def test_no_floats_near_money() -> None:
    text = "".join((PACKAGE / name).read_text(encoding="utf-8") for name in ("common/money.py", "common/fields.py"))
    assert "float" not in text.replace("No floats", "")


def test_pages_have_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=\"|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}: {match.group()}"
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for match in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_verb_of_the_log_has_words() -> None:
    from bangfu.casework.services.steps import VERBS
    from bangfu.organizations.verbs import LABELS

    used = {
        match.group(1)
        for path in PACKAGE.rglob("*.py")
        if "demo" not in path.parts
        for match in re.finditer(
            r"\bact\(\s*[^()]*?(?:\([^()]*\))?[^()]*?,\s*\"([a-z_]+)\"", path.read_text(encoding="utf-8")
        )
    }
    assert {"sign_in", "submit_application", "appoint"} <= used
    assert (used | set(VERBS.values())) - set(LABELS) == set()
