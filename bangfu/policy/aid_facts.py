"""What a payment is judged on: the payee, the person helped, the bills, the decision, what the family had this year, the state of its file.

Plain data, filled by the room that pays. All amounts are integer 分, all dates are given. `aid` judges them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bangfu.policy.aid_rules import Cap


@dataclass(frozen=True)
class Payee:
    """Who gets the money. `is_holder`: the worker of the file; `in_household`: registered in it."""

    name: str = ""
    id_number: str = ""
    account: str = ""
    account_name: str = ""
    is_holder: bool = True
    in_household: bool = True
    proxy_reason: str = ""
    is_staff: bool = False


@dataclass(frozen=True)
class Beneficiary:
    """For whom the aid is. Unknown is None and fulfils nothing."""

    is_worker: bool = False
    counted: bool | None = True
    relation: str | None = None
    studying: str | None = None
    work_capable: bool | None = None


@dataclass(frozen=True)
class Bill:
    """A medical bill: its total, what others paid (None = not entered), and what all unions have already given for it. In 分."""

    total: int
    paid_by: Mapping[str, int | None]
    claimed: int = 0


@dataclass(frozen=True)
class Decision:
    """A decision record about a sum, and what has been paid under it so far. In 分."""

    number: str
    amount: int
    used: int = 0


@dataclass(frozen=True)
class Restriction:
    """What a donor, or the approved rule of an account, allows. Empty tuples allow everything of their sort."""

    kinds: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    approved_on: datetime.date | None = None


@dataclass(frozen=True)
class PlannedPayment:
    """One payment line before the money leaves. `given`: codes of the records on hand; `approvals`: thresholds already approved.

    `owner`: the union whose money it is, by the name that `FileState.owner` uses. `member` and `case`: for whom, and for which legal case,
    where a cap counts by them.
    """

    kind: str
    purpose: str
    source: str
    amount: int
    cause: str | None
    payee: Payee
    beneficiary: Beneficiary | None = None
    cause_reason: str = ""
    bills: tuple[Bill, ...] = ()
    given: frozenset[str] = frozenset()
    approvals: frozenset[str] = frozenset()
    decision: Decision | None = None
    released_by: str | None = None
    owner: str | None = None
    override_reason: str = ""
    override_approved_by: str = ""
    method: str = "bank_transfer"
    method_reason: str = ""
    method_approved_by: str = ""
    procurement: str = "none"
    procurement_papers: bool = False
    goods: tuple[str, ...] = ()
    event: str | None = None
    plan_item: str | None = None
    usual_amount: int | None = None
    change_approved: bool = False
    deviation_reason: str = ""
    restriction: Restriction | None = None
    member: str | None = None
    case: str | None = None


@dataclass(frozen=True)
class AidLine:
    """One line of the family's aid. `status`: approved (not yet paid), paid, or returned by the bank. Amount in 分, positive."""

    kind: str
    source: str
    amount: int
    on: datetime.date
    status: str = "paid"
    member: str | None = None
    case: str | None = None


@dataclass(frozen=True)
class FamilyYear:
    """Everything approved, paid and returned for one family; sums run over one calendar year."""

    lines: tuple[AidLine, ...] = ()

    def total(self, year: int, kind: str, sources: Iterable[str] | None = None) -> int:
        """Approved and paid less returned, of one kind in that year, over the given sources (all when None)."""
        wanted = None if sources is None else set(sources)
        return sum(
            -line.amount if line.status == "returned" else line.amount
            for line in self.lines
            if line.on.year == year and line.kind == kind and (wanted is None or line.source in wanted)
        )

    def granted(self, cap: Cap, planned: PlannedPayment, year: int) -> int:
        """What already counts against a cap by standard: its kinds, of the year and the household or member, or of the case."""
        kinds = {cap.kind, *cap.with_kinds}
        return sum(
            -line.amount if line.status == "returned" else line.amount
            for line in self.lines
            if line.kind in kinds
            and (not cap.sources or line.source in cap.sources)
            and (cap.per == "case" or line.on.year == year)
            and (cap.per != "member" or line.member == planned.member)
            and (cap.per != "case" or line.case == planned.case)
        )


@dataclass(frozen=True)
class FileState:
    """The file on the day of payment. `companion`: its category under the companion policy (None: not judged).

    `ground` tells on what an accident rests (`committee_resolution`); `one_time_paid` holds (event, kind) pairs already helped.
    `central_confirmed`: the city union confirmed in writing where the companion policy gives no category, or where the ground
    of the category shuts the source. `owner`: the union that keeps the file. `national_record`: its number in the national system.
    """

    status: str
    category: str
    companion: str | None
    opened_on: datetime.date | None
    causes: tuple[str, ...] = ()
    ground: str | None = None
    one_time_paid: frozenset[tuple[str, str]] = frozenset()
    central_confirmed: bool = False
    owner: str | None = None
    national_record: str | None = None


@dataclass(frozen=True)
class CostShare:
    """One year's ratios of a category: source → ten-thousandths. They must make a whole."""

    year: int
    category: str
    parts: Mapping[str, int]


@dataclass(frozen=True)
class LocalAid:
    """What the union has set for itself: ratios, project standards in 分 by (kind, category), own approval chain, banned goods.

    `limits`: what the caps by standard come to on the day (`cap_limits`), by code in 分; None where no standard is published.
    """

    shares: tuple[CostShare, ...] = ()
    standards: Mapping[tuple[str, str], int] = field(default_factory=dict)
    own_chain: bool = False
    banned_goods: frozenset[str] = frozenset()
    limits: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One thing to say about a payment. `severity`: block, approval (waits for a yes) or warn. `origin`: the pack whose clause it is."""

    code: str
    severity: str
    message: str
    clause: str
    origin: str


@dataclass(frozen=True)
class ApprovalNeeded:
    """A threshold that this payment reaches: who must answer, with what effect, and the sum that reaches it (分)."""

    code: str
    title: str
    level: str
    effect: str
    cumulative: int
    threshold: int
    clause: str
    origin: str


@dataclass(frozen=True)
class SourceOption:
    """One source for a category: how it may be used, and the clause that says so."""

    source: str
    title: str
    mode: str
    clause: str
