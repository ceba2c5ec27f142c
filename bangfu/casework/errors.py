"""What the verbs of casework say when they do not do what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from bangfu.casework.models import StepRecord
from bangfu.common.errors import Refused
from bangfu.common.leaks import Hit
from bangfu.common.masking import mask_name


@dataclass(frozen=True)
class Unmet:
    """One condition of a step that does not hold: what is wrong, what helps, under which clause, and where it can be mended.

    ``about`` is a path into the facts, ``paper:code``, a member's id, or empty.
    """

    code: str
    title: str
    remedy: str
    clause: str = ""
    about: str = ""


class GuardsUnmet(Refused):
    """The step cannot be closed yet. ``unmet`` names every condition at once."""

    def __init__(self, unmet: Sequence[Unmet]) -> None:
        self.unmet = list(unmet)
        super().__init__(f"还差 {len(self.unmet)} 项：" + "；".join(item.remedy for item in self.unmet))


class AlreadyDone(Refused):
    """A second click, or somebody was quicker: the step is closed and nothing is done twice."""

    def __init__(self, record: StepRecord) -> None:
        self.record = record
        who = mask_name(record.closed_by.name) if record.closed_by else "系统"
        super().__init__(f"这一环节已由{who}办结（{record.get_result_display()}），没有重复办理。")


class NotYourTurn(Refused):
    """The case waits for another union, another role, or another person."""


class PersonElsewhere(Refused):
    """A counted member stands in another open file or application. Names the other union and nothing else of it."""

    def __init__(self, names: Sequence[str], union_name: str) -> None:
        self.union_name = union_name
        who = "、".join(names)
        super().__init__(
            f"{who}已在{union_name}的一户档案或申请中。一户一档：请先与该工会联系，核实后由其中一方办理。",
            field="members",
        )


class ImportFaults(Refused):
    """Faults of an imported table, each with its row number as Excel shows it. Nothing was imported."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        self.faults = list(faults)
        super().__init__(f"表中有 {len(self.faults)} 处需要更正，未导入任何一行。")


class LeakFound(Refused):
    """What is to go out in public would give something of the family away. ``hits`` say where and what kind, never the value."""

    def __init__(self, hits: Sequence[Hit], *, field: str = "") -> None:
        self.hits = list(hits)
        told = "；".join(f"{hit}（{hit.kind.remedy}）" for hit in self.hits[:5])
        more = f"；另有 {len(self.hits) - 5} 处" if len(self.hits) > 5 else ""
        super().__init__(f"公示里有不能公开的内容，已停下：{told}{more}。", field=field)


class FactsUnreadable(Refused):
    """The household cannot be judged as it stands. ``faults`` are (path, message)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = list(faults)
        super().__init__(
            "家庭情况有 "
            + str(len(self.faults))
            + " 处需要更正："
            + "；".join(f"{path} {text}" for path, text in self.faults[:5])
        )
