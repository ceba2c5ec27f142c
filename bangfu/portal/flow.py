"""The way through the self-test: which question comes next, and what the answers come to. Pure: nothing is kept.

At most ten questions. The next one is that which *ask next* puts first among those a person can answer about himself; "I do not know" is
an answer everywhere. Ranges are judged at both ends.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from bangfu.policy import evidence, facts, money, months, registry, sheet
from bangfu.policy.advice import changes, questions, words
from bangfu.policy.advice.state import State
from bangfu.policy.assess import judge
from bangfu.policy.determination import Determination
from bangfu.policy.facts import Facts
from bangfu.policy.pack.model import Pack
from bangfu.policy.sheet import Sheet
from bangfu.policy.standards import Standards
from bangfu.portal.topics import ASSUMED, NONE, TOPICS, UNSURE, Document, Setting, Topic, covering

MOST_QUESTIONS = 10
Answers = dict[str, str]
"""Question → answer, in the order they were given."""


@dataclass(frozen=True)
class Change:
    """What would lead to another answer: said plainly, and the category it would be."""

    said: str
    then: str


@dataclass(frozen=True)
class Outcome:
    """What the answers come to. `kind`: yes (a category is met), no (none is), open (it cannot be told yet).

    `clauses`: (what, clause) of the text that carry the answer. `steps`: the sum, line by line. `reasons`: why each category is
    not met. `possible`: titles still possible when open. `unknown`: what could not be answered and still matters.
    """

    kind: str
    title: str
    steps: tuple[str, ...]
    clauses: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str, str], ...]
    possible: tuple[str, ...]
    unknown: tuple[str, ...]
    changes: tuple[Change, ...]
    papers: tuple[tuple[str, str], ...]
    assumed: tuple[str, ...]


def setting_for(region: str, place: str, day: date) -> Setting:
    """The text that applies to a place today, with its window. Raises `PolicyNotInForce` where none does."""
    pack = registry.in_force(registry.policy_for(region, day), day)
    last = months.month_of(day) - 1
    window = (months.format_month(last - pack.window_months + 1), months.format_month(last))
    return Setting(pack, window, months.format_month(last + 1), region, place)


class SelfTest:
    """The answers so far under the text of a place."""

    def __init__(self, setting: Setting, answers: Answers, standards: Standards, day: date) -> None:
        self.setting, self.standards, self.day = setting, standards, day
        self.answers = {
            code: value
            for code, value in answers.items()
            if code in TOPICS and TOPICS[code].valid(value, setting)
        }  # fmt: skip
        self.documents = [] if "people" not in self.answers else self._documents()
        self.states = [State(facts.parse(one), standards, setting.pack) for one in self.documents]

    def _documents(self) -> list[Document]:
        """The household as answered, once for each combination of the ends of the ranges."""
        ranges = [
            [(code, end) for end in dict.fromkeys(value.split("-"))]
            for code, value in self.answers.items()
            if TOPICS[code].kind == "amount" and "-" in value
        ]
        return [self._document(dict(ends)) for ends in itertools.product(*ranges)]

    def _document(self, ends: Answers) -> Document:
        document: Document = {
            "schema": facts.SCHEMA, "id": "self-test", "application_date": self.day.isoformat(),
            "work_region": self.setting.region, "worker": "P1",
        }  # fmt: skip
        for path, (value, _) in ASSUMED.items():
            section, _, name = path.partition(".")
            document.setdefault(section, {})[name] = value
        for code in sorted(
            self.answers, key=list(TOPICS).index
        ):  # what builds on another answer stands after it in the table
            value = ends.get(code, self.answers[code])
            if value != UNSURE:
                TOPICS[code].write(document, value, self.setting)
        return document

    # --- the next question -----------------------------------------------------------------------------------------------
    def next_topic(self) -> Topic | None:
        """The question to ask now; None when the answer stands, nobody could say more, or ten were asked."""
        if "people" not in self.answers:
            return TOPICS["people"]
        if len(self.answers) >= MOST_QUESTIONS:
            return None
        last: Topic | None = None
        other: Topic | None = None
        for state in self.states:
            for question in questions.of_state(state):
                topic = covering(question.path)
                if topic is None or topic.code in self.answers or not self._asks(topic):
                    continue
                # What speaks against a family is asked last: when nothing else is left to ask, or with the last question there is.
                if topic.against:
                    last = last or topic
                elif len(self.answers) < MOST_QUESTIONS - 1:
                    return topic
                else:
                    other = other or topic
        return last or other

    def _asks(self, topic: Topic) -> bool:
        if topic.after and self.answers.get(topic.after, UNSURE) == UNSURE:
            return False  # a further question about something nobody knows
        return topic.kind != "several" or bool(topic.options(self.setting))

    # --- the answer ------------------------------------------------------------------------------------------------------
    def outcome(self) -> Outcome:
        """What the answers come to."""
        pack = self.setting.pack
        found = [judge(state.case.facts, self.standards, pack) for state in self.states]
        outcomes = {one.outcome for one in found}
        first, state, document = found[0], self.states[0], self.documents[0]
        known: Facts = state.case.facts
        page = sheet.build(first, known, pack)
        decided = len(outcomes) == 1 and "incomplete" not in outcomes
        kind = "open" if not decided else "no" if first.outcome == "none" else "yes"
        ahead = first.as_dict()
        papers = evidence.checklist(pack, document, ahead)
        return Outcome(
            kind=kind,
            title=words.outcome_word(first.outcome, pack) if decided else "",
            steps=self._steps(found, pack),
            clauses=_clauses(first, page) if kind == "yes" else (),
            reasons=_reasons(page) if kind == "no" else (),
            possible=self._possible() if kind == "open" else (),
            unknown=self._unknown() if kind == "open" else (),
            changes=self._changes(state) if kind == "no" or (kind == "yes" and state.outcome != pack.categories[0].code) else (),
            papers=tuple(dict.fromkeys((one.title, one.reason) for one in papers)),
            assumed=tuple(said for path, (_, said) in ASSUMED.items() if path in self.setting.reads),
        )  # fmt: skip

    def _possible(self) -> tuple[str, ...]:
        codes = dict.fromkeys(code for state in self.states for code in state.possible)
        return tuple(words.outcome_word(code, self.setting.pack) for code in codes if code != "none")

    def _unknown(self) -> tuple[str, ...]:
        """What is still open, as the questions that were not answered, or the local figures nobody entered."""
        found: list[str] = []
        for state in self.states:
            for path in state.missing():
                topic = covering(path)
                if topic is not None and topic.after and self.answers.get(topic.after, UNSURE) == UNSURE:
                    continue
                if path.startswith("standards."):
                    found.append(
                        f"{self.setting.place}的{words.label(path, state.case.facts).partition('（')[0]}（系统里还没有）"
                    )
                elif topic is not None:
                    found.append(topic.shown(self.setting).rstrip("？?"))
                else:
                    found.append(words.label(path, state.case.facts))
        return tuple(dict.fromkeys(found))

    def _steps(self, found: list[Determination], pack: Pack) -> tuple[str, ...]:
        """The sum in words, once for each end of a range."""
        lines: list[str] = []
        for one, document in zip(found, self.documents, strict=True):
            figures = one.figures
            net, size = figures.get("net_per_capita_monthly"), figures.get("household_size")
            if net is None or size is None or figures.get("income") is None:
                continue
            income = (
                next((line["monthly"] for line in document["incomes"]), "0.00") if "incomes" in document else "0.00"
            )
            spent = _grouped(figures["rigid_expense"] or "0.00")
            expense = "" if figures["rigid_expense"] in (None, "0.00") else f"，减去可以扣的 {spent} 元"
            lines.append(
                f"每月收入 {_grouped(income)} 元，{one.window[0]} 个月计入 {_grouped(figures['income'])} 元{expense}，"
                f"除以 {size} 口人、{one.window[0]} 个月：每人每月 {_grouped(net)} 元。"
            )
        standard = found[0].figures.get("dibao")
        if standard is not None:
            lines.append(f"当地低保标准：每人每月 {_grouped(standard)} 元。")
        titles = {category.code: category.title for category in pack.categories}
        thresholds = [(titles[one.code], one.threshold) for one in found[0].categories if one.threshold is not None]
        if thresholds:
            lines.append(
                "每人每月的线：" + "，".join(f"{title} {_grouped(value)} 元" for title, value in thresholds) + "。"
            )
        return tuple(lines)

    def _changes(self, state: State) -> tuple[Change, ...]:
        """The nearest changes for the better of what a person was asked as an amount. What speaks against a family and was not
        asked, since it did not matter, is taken not to hold: then alone a smaller sum leads somewhere."""
        found = []
        if "property" not in self.answers:
            supposed = SelfTest(self.setting, self.answers | {"property": NONE}, self.standards, self.day)
            state = supposed.states[0]
        for one in changes.of_state(state):
            if not one.better:
                continue
            then = words.outcome_word(one.outcome, self.setting.pack)
            if one.difference is not None and one.path == "incomes[0].monthly":
                found.append(Change(f"每月收入{_by(one.difference)}", then))
            elif one.difference is not None and one.path == "expenses[0].total":
                found.append(Change(f"自己付的看病、上学费用{_by(one.difference)}", then))
        return tuple(found[:3])


def _by(difference: int) -> str:
    return f"再{'多' if difference > 0 else '少'} {money.group_fen(abs(difference))} 元"


def _grouped(text: str) -> str:
    return money.group_fen(int(text.replace(".", "")))


def _clauses(found: Determination, page: Sheet) -> tuple[tuple[str, str], ...]:
    category = next(one for one in page.categories if one.code == found.outcome)
    listed = [(category.title, "、".join(one.text for one in category.citations))]
    listed += [(one.title, one.clause) for one in category.conditions]
    return tuple(listed)


def _reasons(page: Sheet) -> tuple[tuple[str, str, str], ...]:
    """What stands against the categories first: (the categories, what, clause)."""
    found: dict[tuple[str, str], list[str]] = {}
    barred = {one.title: "、".join(cited.text for cited in one.citations) for one in page.exclusions}
    for category in page.categories:
        against: Any = next((one for one in category.conditions if one.result == "not_met"), None)
        if category.barred_by:
            found.setdefault((category.barred_by[0], barred[category.barred_by[0]]), []).append(category.title)
        elif against is not None:
            found.setdefault((against.says, against.clause), []).append(category.title)
    return tuple(("、".join(titles), what, clause) for (what, clause), titles in found.items())
