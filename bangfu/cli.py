"""The `bangfu` command. `assess` needs no database; everything else is handed to Django."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from bangfu.policy import errors, facts, registry, source, standards
from bangfu.policy.assess import judge
from bangfu.policy.determination import Determination
from bangfu.policy.facts import Facts
from bangfu.policy.pack.model import Pack
from bangfu.policy.standards import Standards

OK, BAD_INPUT = 0, 2
USAGE = """bangfu: union assistance, from the clause to the payment

  bangfu assess FACTS [--policy ID] [--standards FILE] [--format json|text] [--next] [--change]
               [--compare]                                                    judge one household, or a list of them
  bangfu policy list|show CODE|coverage [--text CODE] [--tests DIR]           the texts, and what became of each clause
  bangfu pack new|check|diff|test FOLDER …                                    write a pack of rules, and see that it is right
  bangfu population generate|check|assess …                                   whole populations; each has its --help
  bangfu population export DIR [--union PATH]                                 the families of this installation as a population
  bangfu demo [--reset] [--port N]                                            a practice site with 120 families
  bangfu serve [--host H] [--port N] [--workers N]                            the site of this installation
  bangfu manage COMMAND …                                                     the site's management commands
"""


class BadInput(Exception):
    """What the user gave cannot be used: one line for each fault."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; the value is the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["assess"]:
        return run_assess(words[1:])
    if words[:1] == ["policy"]:
        from bangfu.policy import commands

        return commands.run(words[1:])
    if words[:1] == ["pack"]:
        from bangfu.policy.tools import commands as pack_tools

        return pack_tools.run(words[1:])
    if words[:2] == ["population", "export"]:
        return run_export(words[2:])
    if words[:1] == ["population"]:
        from bangfu.policy.population import command

        return command.main(words[1:])
    if words[:1] in (["demo"], ["serve"]):
        from bangfu.demo import running

        return running.demo(words[1:]) if words[0] == "demo" else running.serve(words[1:])
    if words[:1] == ["manage"]:
        return run_manage(words[1:])
    asked = words[:1] in (["-h"], ["--help"])
    print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return OK if asked else BAD_INPUT


def run_manage(words: Sequence[str]) -> int:
    """Django's own commands under the house's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["bangfu manage", *words])
    return OK


def run_export(words: Sequence[str]) -> int:
    """`bangfu population export`: the site's families as a population, by the management command of that name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.config.settings")
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    try:
        call_command("export_population", *words)
    except CommandError as bad:
        print(bad, file=sys.stderr)
        return BAD_INPUT
    return OK


def run_assess(words: Sequence[str]) -> int:
    """`bangfu assess`: determinations on standard output and 0, or one line for each fault on standard error and 2."""
    parser = argparse.ArgumentParser(prog="bangfu assess", description="Judge one household, or a list of them.")
    parser.add_argument("facts", help="a file with a bangfu.facts/1 document or a list of them; - is standard input")
    parser.add_argument("--policy", help="name of the policy; without it the narrowest in force for the work region")
    parser.add_argument("--standards", help="a bangfu.standards/1 file; without it those the installation holds")
    parser.add_argument("--format", choices=("json", "text"), default="json")
    parser.add_argument(
        "--compare", action="store_true", help="why this policy, and what the national and other texts say"
    )
    parser.add_argument(
        "--next",
        action="store_true",
        help="besides: which unknown fact to find out first, and what each answer would mean",
    )
    parser.add_argument(
        "--change", action="store_true", help="besides: the smallest change of one fact that moves the outcome"
    )
    args = parser.parse_args(words)
    if args.compare and (args.next or args.change):
        parser.error("--compare stands alone; ask --next and --change in a call of their own")
    try:
        text = _answer(
            args.facts, args.policy, args.standards, args.format, args.compare, _Advice(args.next, args.change)
        )
    except BadInput as bad:
        print("\n".join(bad.lines), file=sys.stderr)
        return BAD_INPUT
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
    return OK


class _Advice(NamedTuple):
    """Which advice is wanted beside the determination."""

    next: bool = False
    change: bool = False


def _answer(
    path: str, policy: str | None, standards_path: str | None, form: str, compare: bool, advised: _Advice
) -> str:  # fmt: skip
    document = _read(path, "facts")
    faults: list[str] = []
    rows: Standards | None = None
    try:
        rows = _standards(standards_path)
    except BadInput as bad:
        faults += bad.lines
    if policy is not None:
        try:
            registry.get_pack(policy)
        except errors.UnknownPolicy as bad:
            faults.append(f"policy: {bad}")
    single = not isinstance(document, list)
    known = _all_facts([document] if single else document, single, faults)
    packs = [_pack(one, policy, single, faults) for one in known]
    if faults or rows is None:
        raise BadInput(list(dict.fromkeys(faults)))
    if compare:
        return _compared([one for one in known if one], policy, rows, form, single)
    judged = [(one, pack, judge(one, rows, pack)) for one, pack in zip(known, packs, strict=True) if one and pack]
    if form == "text":
        return _text(judged, rows, advised)
    answers = [determination.as_dict() | _advice(one, rows, pack, advised) for one, pack, determination in judged]
    return json.dumps(answers[0] if single else answers, ensure_ascii=False, indent=2) + "\n"


def _compared(known: list[Facts], policy: str | None, rows: Standards, form: str, single: bool) -> str:
    """`--compare`: the choice of the policy with its reason, and the answers of the texts beside each other."""
    from bangfu.policy import compare

    found = [
        compare.side_by_side(one, rows, registry.choose(one.work_region, one.application_date, assigned=policy))
        for one in known
    ]
    if form == "text":
        return "\n".join(compare.as_text(one) for one in found)
    answers = [one.as_dict() for one in found]
    return json.dumps(answers[0] if single else answers, ensure_ascii=False, indent=2) + "\n"


def _advice(one: Facts, rows: Standards, pack: Pack, advised: _Advice) -> dict[str, Any]:
    """The keys `next` and `change`, where they are asked for."""
    from bangfu.policy import advice

    found: dict[str, Any] = {}
    if advised.next:
        found["next"] = [question.as_dict() for question in advice.next_question(one, rows, pack)]
    if advised.change:
        found["change"] = [change.as_dict() for change in advice.smallest_changes(one, rows, pack)]
    return found


def _text(judged: list[tuple[Facts, Pack, Determination]], rows: Standards, advised: _Advice) -> str:
    from bangfu.policy import advice, sheet
    from bangfu.policy.advice import words

    found = []
    for one, pack, determination in judged:
        text = sheet.as_text(sheet.build(determination, one, pack))
        if any(advised):
            questions = advice.next_question(one, rows, pack) if advised.next else None
            changes = advice.smallest_changes(one, rows, pack) if advised.change else None
            text += words.as_text(questions, changes, one, pack)
        found.append(text)
    return "\n".join(found)


# --- reading ----------------------------------------------------------------------------------------------------------
def _no_double_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        doubles = sorted({key for key, _ in pairs if [k for k, _ in pairs].count(key) > 1})
        raise ValueError(f"key {', '.join(doubles)} stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _read(path: str, what: str) -> Any:
    try:
        if path == "-":
            raw = sys.stdin.buffer.read()
        else:
            with open(path, "rb") as file:
                raw = file.read()
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_no_double_keys, parse_constant=_no_constant)
    except OSError as error:
        raise BadInput([f"{what} {path}: {error.strerror or error}"]) from None
    except (ValueError, RecursionError) as error:
        raise BadInput([f"{what} {path}: not a JSON document: {error}"]) from None


def _standards(path: str | None) -> Standards:
    if path is None:
        return _installed_standards()
    try:
        return standards.parse(_read(path, "standards"))
    except errors.DocumentFaults as found:
        raise BadInput(found.lines()) from None


def _installed_standards() -> Standards:
    """The confirmed rows of this installation's database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.config.settings")
    hint = "give them with --standards FILE, or set the installation up (bangfu manage migrate)"
    try:
        import django

        django.setup()
        from bangfu.organizations.selectors import installed_standards

        return standards.parse(installed_standards())
    except errors.DocumentFaults as found:
        raise BadInput(found.lines()) from None
    except Exception as error:  # whatever is wrong with the installation, the remedy is the same
        raise BadInput([f"standards: those of the installation cannot be read ({type(error).__name__}: {error}); {hint}"]) from None  # fmt: skip


def _all_facts(documents: list[Any], single: bool, faults: list[str]) -> list[Facts | None]:
    found: list[Facts | None] = []
    for position, document in enumerate(documents):
        try:
            found.append(facts.parse(document))
        except errors.DocumentFaults as bad:
            if single:
                bad.document = ""
            elif not bad.document:
                bad.document = f"[{position}]"
            faults += bad.lines()
            found.append(None)
    return found


def _pack(one: Facts | None, policy: str | None, single: bool, faults: list[str]) -> Pack | None:
    prefix = "" if single or one is None else errors.one_line(f"{one.id}: ")
    if one is None:
        return None
    try:
        name = policy or registry.policy_for(one.work_region, one.application_date)
        return registry.in_force(name, one.application_date)
    except errors.UnknownPolicy as bad:
        faults.append(f"policy: {bad}")
    except errors.PolicyNotInForce as bad:
        faults.append(f"{prefix}application_date: {bad}")
    except source.PackFaults as bad:
        faults += [str(fault) for fault in bad.faults]
    return None


if __name__ == "__main__":
    sys.exit(main())
