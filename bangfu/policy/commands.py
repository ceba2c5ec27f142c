"""`bangfu policy`: the texts, one text, and how far they are realised. Needs no database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bangfu.policy import coverage, texts
from bangfu.policy.clauses import FORCES
from bangfu.policy.errors import PolicyError
from bangfu.policy.source import PackFaults
from bangfu.policy.texts import Text

OK, BAD_INPUT = 0, 2


def run(words: Sequence[str]) -> int:
    """The answer on standard output and 0, or one line for each fault on standard error and 2."""
    args = _parser().parse_args(words)
    try:
        answer = args.run(args)
    except PackFaults as bad:
        return _refuse([str(fault) for fault in bad.faults])
    except PolicyError as bad:
        return _refuse([f"text: {bad}"])
    except OSError as bad:
        return _refuse([f"tests {bad.filename or args.tests}: {bad.strerror or bad}"])
    sys.stdout.buffer.write(answer.encode("utf-8"))
    sys.stdout.buffer.flush()
    return OK


def _refuse(lines: list[str]) -> int:
    sys.stderr.write("\n".join(lines) + "\n")
    return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bangfu policy", description="The policy texts and what became of them.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    one = verbs.add_parser("list", help="all texts, the oldest first")
    one.add_argument("--format", choices=("text", "json"), default="text")
    one.set_defaults(run=_list, tests=None)
    one = verbs.add_parser("show", help="one text, row by row")
    one.add_argument("text", metavar="CODE", help="code of a text or of an annex, such as TJ or GUIDE20")
    one.add_argument("--format", choices=("text", "json"), default="text")
    one.set_defaults(run=_show, tests=None)
    one = verbs.add_parser("coverage", help="how many rows of each text are realised, and by what")
    one.add_argument("--text", metavar="CODE", help="this text only")
    one.add_argument("--tests", metavar="DIR", type=Path, help="count the rows that tests under DIR name")
    one.add_argument("--format", choices=("text", "json", "csv"), default="text")
    one.set_defaults(run=_coverage)
    return parser


# --- verbs --------------------------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> str:
    listed = texts.all_texts()
    if args.format == "json":
        return _json([_heading(text) for text in listed])
    lines = [f"{text.code:8} {_span(text):24} {len(text.rows):4} rows  {text.number}　{text.title}" for text in listed]
    return "\n".join(lines) + "\n"


def _show(args: argparse.Namespace) -> str:
    text = texts.get_text(args.text)
    if args.format == "json":
        listed = [
            {
                "id": row.id, "clause": row.clause, "force": row.force, "gist": row.gist, "state": coverage.state_of(row),
                "realised_by": [{item.kind: item.ref} for item in row.realised_by],
            }
            for row in text.rows
        ]  # fmt: skip
        return _json(_heading(text) | {"clauses": listed})
    head = _heading(text)
    lines = [f"{text.title}（{text.number}）", f"{text.issuer}　{_span(text)}"]
    lines += [f"pack  {text.pack_id}"] if text.pack_id else ["carries no rule of eligibility"]
    lines += [f"ended {one['number']} {one['title']} ({one['clause']})" for one in head["replaces"]]
    if ended := head["replaced_by"]:
        lines.append(f"ended by {ended['number']} ({ended['clause']})")
    for number, rows in text.groups:
        lines += ["", number]
        for row in rows:
            by = " · ".join(f"{item.kind_name} {item.ref}".rstrip() for item in row.realised_by)
            lines += [f"  {row.id}  {FORCES.get(row.force, '')}  {row.gist}", f"      {by}"]
    return "\n".join(lines) + "\n"


def _coverage(args: argparse.Namespace) -> str:
    wanted = (texts.get_text(args.text),) if args.text else texts.all_texts()
    named = None
    if args.tests is not None:
        if not args.tests.is_dir():
            raise NotADirectoryError(0, "no such directory", str(args.tests))
        named = coverage.named_by_tests(args.tests)
    counts = [coverage.of_text(text, named) for text in wanted]
    return {"text": coverage.as_text, "json": coverage.as_json, "csv": coverage.as_csv}[args.format](counts)


# --- pieces -------------------------------------------------------------------------------------------------------


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _span(text: Text) -> str:
    if text.first_day is None:
        first = f"{text.year} (no day)" if text.year else "no day"
    else:
        first = text.first_day.isoformat()
    return f"{first} – {text.last_day.isoformat() if text.last_day else ''}".rstrip()


def _heading(text: Text) -> dict[str, Any]:
    ended = texts.replaced_by(text)
    return {
        "code": text.code,
        "codes": list(text.codes),
        "title": text.title,
        "number": text.number,
        "issuer": text.issuer,
        "issued_on": text.issued_on.isoformat() if text.issued_on else None,
        "first_day": text.first_day.isoformat() if text.first_day else None,
        "last_day": text.last_day.isoformat() if text.last_day else None,
        "pack": text.pack_id,
        "source_sha256": text.source_sha256,
        "rows": len(text.rows),
        "replaces": [
            {
                "number": one.number, "title": one.title, "clause": one.clause,
                "last_day": one.last_day.isoformat() if one.last_day else None,
            }
            for one in text.replaces
        ],
        "replaced_by": {"code": ended.newer.code, "number": ended.newer.number, "clause": ended.ended.clause} if ended else None,
    }  # fmt: skip
