"""`bangfu population generate|check|assess`: whole populations from the command line.

Progress goes to standard error, what was asked for to a file; 0 when all is done, 2 with one line for each fault when the input cannot be used.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bangfu.policy import months, registry
from bangfu.policy import standards as standards_module
from bangfu.policy.errors import DocumentFaults, PolicyError, one_line
from bangfu.policy.population import engines, generate, run, validate
from bangfu.policy.population.findings import PopulationFaults
from bangfu.policy.source import PackFaults
from bangfu.policy.standards import Standards

OK, BAD_INPUT = 0, 2
MASTER = "BANGFU_SPARK_MASTER"
DATABASE = "BANGFU_DATABASE_URL"


def main(words: Sequence[str]) -> int:
    """Runs one of the three; the value is the exit code."""
    args = _parser().parse_args(words)
    try:
        work: Callable[[argparse.Namespace], int] = args.work
        return work(args)
    except (PopulationFaults, DocumentFaults) as bad:
        lines = bad.lines()
    except PackFaults as bad:
        lines = [str(fault) for fault in bad.faults]
    except PolicyError as bad:
        lines = [one_line(line) for line in str(bad).splitlines()]
    except KeyboardInterrupt:
        lines = ["stopped; nothing was written"]
    sys.stderr.write("\n".join(lines) + "\n")
    return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bangfu population", description="Whole populations of households (docs/population-layout.md)."
    )
    verbs = parser.add_subparsers(required=True, metavar="generate | check | assess")
    made = verbs.add_parser("generate", help="make up a population", description="Make up a population in a new folder. The same seed gives the same content.")  # fmt: skip
    made.add_argument("households", type=_count, metavar="N", help="how many households")
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--seed", type=_count, required=True)
    made.add_argument("--unknown", type=_share, default=0.05, metavar="SHARE", help="share of households with unknown facts, 0 to 1 (default 0.05)")  # fmt: skip
    made.add_argument("--regions", type=_words, metavar="R,R,…", help="regions of work, six digits each")
    made.add_argument("--dates", type=_dates, default=generate.DATES, metavar="FROM..TO", help="days of application (default 2020-10-01..2021-03-31)")  # fmt: skip
    made.set_defaults(work=_generate)
    checked = verbs.add_parser("check", help="hold a population to its layout", description="Tell all that is wrong with a population.")  # fmt: skip
    checked.add_argument("folder", type=Path, metavar="DIR")
    checked.set_defaults(work=_check)
    judged = verbs.add_parser("assess", help="judge a population", description="Judge a population and write the answer as Parquet, one row a household.")  # fmt: skip
    judged.add_argument("folder", type=Path, metavar="DIR")
    judged.add_argument("--policy", required=True, help="name of the policy")
    judged.add_argument("--on", type=_day, metavar="DATE", help="judge every household on this day (default: its own application date)")  # fmt: skip
    judged.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the answer; it appears when it is whole"
    )
    judged.add_argument("--standards", type=Path, metavar="FILE", help="bangfu.standards/1 (default: those of the population)")  # fmt: skip
    judged.add_argument("--engine", choices=engines.ENGINES, default="polars")
    judged.add_argument("--regions", type=_words, metavar="R,R,…", help="only these regions")
    judged.add_argument("--memory", metavar="SIZE", help="duckdb: the most memory, such as 2GB")
    judged.add_argument("--temp", type=Path, metavar="DIR", help="a folder for what does not fit in memory")
    judged.add_argument("--database", metavar="URL", help=f"postgresql: where to work (default: ${DATABASE})")
    judged.add_argument("--master", help=f"spark: the cluster (default: ${MASTER}, or local[2])")
    judged.set_defaults(work=_assess)
    return parser


# --- words ------------------------------------------------------------------------------------------------------------
def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share between 0 and 1")
    return share


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _day(text: str) -> datetime.date:
    try:
        return months.parse_date(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _dates(text: str) -> tuple[datetime.date, datetime.date]:
    first, _, last = text.partition("..")
    return _day(first), _day(last or first)


# --- verbs ------------------------------------------------------------------------------------------------------------
def _generate(args: argparse.Namespace) -> int:
    with Bar("generate") as bar:
        generate.generate(args.households, args.folder, seed=args.seed, unknown=args.unknown, regions=args.regions, dates=args.dates, progress=bar)  # fmt: skip
    sys.stdout.write(f"{args.folder}: {args.households} households\n")
    return OK


def _check(args: argparse.Namespace) -> int:
    with Bar("check") as bar:
        found = validate.check(args.folder, progress=bar)
    if found:
        raise PopulationFaults(found)
    sys.stdout.write(f"{args.folder}: all is well\n")
    return OK


def _assess(args: argparse.Namespace) -> int:
    rows = None if args.standards is None else _standards(args.standards)
    registry.heading(args.policy)
    options = engines.Options(
        memory=args.memory, folder=args.temp, database=args.database or os.environ.get(DATABASE),
        master=args.master or os.environ.get(MASTER),
    )  # fmt: skip
    begun = time.monotonic()
    with Bar("assess") as bar:
        outcomes = run.assess_into(args.out, args.folder, args.policy, on=args.on, standards=rows, engine=args.engine,
                                   regions=args.regions, progress=bar, options=options)  # fmt: skip
    width = max(len(outcome) for outcome in outcomes)
    for outcome, count in outcomes.items():
        sys.stdout.write(f"{outcome:<{width}}  {count:>12,}\n")
    sys.stdout.write(f"{sum(outcomes.values()):,} households in {time.monotonic() - begun:.1f} s → {args.out}\n")
    return OK


def _standards(file: Path) -> Standards:
    try:
        return standards_module.parse(json.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise PolicyError(f"standards {file}: {error.strerror}; name a bangfu.standards/1 file") from None
    except ValueError as error:
        raise PolicyError(f"standards {file}: not a JSON document: {error}") from None


class Bar:
    """A progress bar on standard error; a line now and then where that is no terminal."""

    WIDTH = 30

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.live = sys.stderr.isatty()
        self.begun = time.monotonic()
        self.tenth = 0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *rest: object) -> None:
        if self.live:
            sys.stderr.write("\n")

    def __call__(self, done: int, total: int) -> None:
        share = done / total if total else 1.0
        if not self.live and int(share * 10) == self.tenth:
            return
        self.tenth = int(share * 10)
        filled = int(share * self.WIDTH)
        spent = time.monotonic() - self.begun
        left = f", {spent / share - spent:.0f} s left" if 0 < share < 1 else f", {spent:.1f} s"
        text = f"{self.verb} [{'#' * filled}{'.' * (self.WIDTH - filled)}] {share:4.0%} {done:,}/{total:,}{left}"
        sys.stderr.write(f"\r{text:<100}" if self.live else text + "\n")
        sys.stderr.flush()
