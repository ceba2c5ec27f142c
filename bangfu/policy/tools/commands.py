"""`bangfu pack new | check | diff | test`: for people who know a text and no code. Needs no database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bangfu.policy import registry
from bangfu.policy.errors import PolicyError
from bangfu.policy.pack.model import Pack
from bangfu.policy.source import PackFaults
from bangfu.policy.tools import cases, checking, differences, scaffold
from bangfu.policy.tools.remedies import remedy

OK, FOUND, BAD_INPUT = 0, 1, 2


def run(words: Sequence[str]) -> int:
    """0 when all is well, 1 when a check finds faults or a case does not hold, 2 when the call itself cannot be carried out."""
    args = _parser().parse_args(words)
    try:
        code: int = args.run(args)
        return code
    except PackFaults as bad:
        lines = [f"{fault}。处理：{remedy(fault.message)}" for fault in bad.faults]
    except PolicyError as bad:
        lines = [str(bad)]
    except OSError as bad:
        lines = [f"{bad.filename or ''}: {bad.strerror or bad}"]
    sys.stderr.write("\n".join(lines) + "\n")
    return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bangfu pack", description="Write, check, compare and test a pack of rules.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    one = verbs.add_parser("new", help="a new folder, with what the parent says as comments")
    one.add_argument("folder", type=Path, help="its name becomes the id: my_county_2030 → my-county-2030")
    one.add_argument("--parent", required=True, metavar="ID", help="the text that holds where the new one says nothing")
    one.add_argument("--region", help="six digits of GB/T 2260; without it the whole country")
    one.set_defaults(run=_new)
    one = verbs.add_parser("check", help="everything wrong or open, with file, line and remedy")
    one.add_argument("folder", help="a folder, or the id of an installed pack")
    one.add_argument("--faults", action="store_true", help="only what keeps the pack from being used")
    one.set_defaults(run=_check)
    one = verbs.add_parser("diff", help="what differs from another text, in words")
    one.add_argument("folder", help="a folder, or the id of an installed pack")
    one.add_argument("--against", metavar="ID", help="a folder or an id; without it the parent")
    one.set_defaults(run=_diff)
    one = verbs.add_parser("test", help="the worked cases beside a pack")
    one.add_argument("folder", help="a folder, or the id of an installed pack")
    one.set_defaults(run=_test)
    return parser


def _say(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def _place(given: str) -> Path:
    """The folder that is meant: a folder as it is, else that of an installed pack."""
    path = Path(given)
    return path if path.is_dir() else registry.folder(given)


def _pack(given: str) -> Pack:
    return registry.get_pack(registry.add(_place(given)))


def _new(args: argparse.Namespace) -> int:
    files = scaffold.create(args.folder, args.parent, args.region)
    listed = "\n".join(f"  {file}" for file in files)
    _say(
        f"已建好：\n{listed}\n下一步：填 pack.yaml 里的“{scaffold.TODO}”，逐条登记 clauses.yaml，再运行 bangfu pack check {args.folder}\n"
    )
    return OK


def _check(args: argparse.Namespace) -> int:
    path = Path(args.folder)
    found = checking.check(path if path.exists() else registry.folder(args.folder))
    faults = [one for one in found if one.fault]
    shown = faults if args.faults else found
    _say("".join(f"{one}\n" for one in shown) + f"错误 {len(faults)} 处，提示 {len(found) - len(faults)} 处。\n")
    return FOUND if faults else OK


def _diff(args: argparse.Namespace) -> int:
    own = _pack(args.folder)
    if args.against is None and own.parent is None:
        raise scaffold.CannotCreate(f"{own.id}: 没有上级文件，请用 --against 写明与哪一份比较")
    against = own.parent if args.against is None else _pack(args.against)
    assert against is not None  # either the parent, or the one named
    _say(differences.as_text(own, against))
    return OK


def _test(args: argparse.Namespace) -> int:
    folder = _place(args.folder)
    pack_id = registry.add(folder)
    registry.get_pack(pack_id)
    verdicts = cases.run(pack_id, cases.load(folder))
    lines = []
    for verdict in verdicts:
        case = verdict.case
        lines.append(f"{'相符' if verdict.holds else '不符'}  {case.name}（{case.file}:{case.line}）")
        lines += [f"      {one}" for one in verdict.differs]
    held = sum(verdict.holds for verdict in verdicts)
    _say("\n".join([*lines, f"{len(verdicts)} 例，{held} 例相符。"]) + "\n")
    return OK if held == len(verdicts) and verdicts else FOUND
