"""Takes a practice family from the desk as far along its path as wanted, through the same services the pages use."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from bangfu.casework import flow, guards, services
from bangfu.casework.choices import CheckState
from bangfu.casework.models import Application
from bangfu.common.workdays import calendar
from bangfu.demo.people import Family
from bangfu.demo.tree import desk
from bangfu.families import facts as facts_of
from bangfu.families import months, selectors
from bangfu.families import services as families
from bangfu.families.models import EvidenceFile, Household
from bangfu.organizations.models import Post
from bangfu.organizations.scope import Desk
from bangfu.organizations.selectors import installed_standards
from bangfu.policy.assess import assess
from bangfu.policy.registry import get_pack, policy_for

WINDOW = 12
"""Months that the clerk asks for: the national text looks at twelve, the local one at the last six of them."""


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    import noto_cjk_sans_otc

    folder = Path(noto_cjk_sans_otc.__file__).parent
    return ImageFont.truetype(str(next(iter([*folder.rglob("*.otc"), *folder.rglob("*.ttc")]))), 26)


def picture(*lines: str) -> bytes:
    """A small photographed paper: what it stands for, marked as practice."""
    image = Image.new("RGB", (480, 640), (246, 243, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 456, 616), outline=(120, 110, 95), width=2)
    for row, line in enumerate(("练习材料", *lines)):
        draw.text((48, 60 + row * 52), line, font=_font(), fill=(60, 55, 50))
    out = BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


class Walk:
    """One family on its way. ``moment`` is the time of the next act and moves on by itself."""

    def __init__(self, clerk: str, reviewer: str, start: date, serial: int) -> None:
        self.clerk_name, self.reviewer_name, self.serial = clerk, reviewer, serial
        self.moment = timezone.make_aware(datetime.combine(start, time(9, 5)))
        self.household: Household
        self.application: Application

    # --- time -----------------------------------------------------------------------------------------------------
    def tick(self, minutes: int = 4) -> datetime:
        self.moment += timedelta(minutes=minutes)
        return self.moment

    def next_day(self, days: int = 1) -> None:
        """To 9:05 of the n-th working day from now."""
        day, _ = calendar().add_working_days(timezone.localtime(self.moment).date(), days)
        self.moment = timezone.make_aware(datetime.combine(day, time(9, 5)))

    @property
    def today(self) -> date:
        return timezone.localtime(self.moment).date()

    def desk(self, username: str) -> Desk:
        return desk(username, timezone.localtime(self.moment))

    @property
    def clerk(self) -> Desk:
        return self.desk(self.clerk_name)

    # --- at the desk ----------------------------------------------------------------------------------------------
    def enter(self, family: Family, *, huji: str = "", half: bool = False) -> None:
        """What the clerk types. ``half``: a draft that stops after the members."""
        worker, *others = family.members
        self.household = families.open_household(
            self.clerk, at=self.tick(), application_date=self.today, name=worker["name"], id_number=worker["id_number"]
        )
        first = self.household.members.get()
        families.save_members(self.clerk, self.household, [{"pk": first.pk, **worker}, *others], at=self.tick())
        region = self.clerk.region if not self.clerk.region.endswith("00") else "120101"
        head = {
            "employer": family.employer,
            "work_region": region,
            "huji_region": huji or region,
            "address": f"练习街道{self.serial}号",
            "phone": "02200000000",
        }
        families.save_household_part(self.clerk, self.household, head, at=self.tick())
        if half:
            return
        self._lines(family)
        part = dict(family.part)
        back = part.pop("incident_back", None)
        if back is not None:
            part["incident_date"] = self.today - timedelta(days=30 * back)
        everyone = [member.fact_id for member in self.household.members.all()]
        bearer = everyone[-1] if len(everyone) > 1 else everyone[0]
        part["cause_notes"] = {cause: {"members": [bearer], "text": family.note} for cause in part["causes"]}
        families.save_household_part(self.clerk, self.household, part, at=self.tick())

    def _lines(self, family: Family) -> None:
        window = months.before(self.today, WINDOW)
        members = list(self.household.members.order_by("position"))

        def owner(row: dict[str, Any]) -> int | None:
            return None if row["who"] is None else members[row["who"]].pk

        incomes = []
        for row in family.incomes:
            cells = {window[-row["back"]]: row["amount"]} if "amount" in row else dict.fromkeys(window, row["monthly"])
            incomes.append(
                {
                    "member": owner(row),
                    "kind": row["kind"],
                    "basis": row["basis"],
                    "cells": cells,
                    "incident": row.get("incident", False),
                }
            )
        families.save_income_rows(self.clerk, self.household, incomes, at=self.tick(), known=True)
        expenses = []
        for number, row in enumerate(family.expenses):
            values = (
                {key: value for key, value in row.items() if key not in ("who", "back", "paid")}
                | {"member": owner(row)}
                | row.get("paid", {})
            )
            if "back" in row:
                values |= {"month": window[-row["back"]], "voucher_number": f"LX{self.serial:04d}{number}"}
            else:
                values |= {"from_month": window[0], "to_month": window[-1]}
            if row["kind"] == "illness":
                values["bill_kind"] = "inpatient"
            expenses.append(values)
        families.save_expense_rows(self.clerk, self.household, expenses, at=self.tick(), known=True)

    def papers(self, stages: tuple[str, ...] = ("application",), *, leave_out: int = 0) -> None:
        """Uploads everything the checklist asks for; ``leave_out`` places stay open."""
        day = self.household.application_date
        pack = get_pack(policy_for(self.household.work_region or "", day), day)
        family = selectors.whole(self.household)
        places = [place for place in selectors.checklist_state(family, pack, stages=stages) if not place.done]
        for number, place in enumerate(places[: len(places) - leave_out]):
            income = place.subject if ":" in place.subject else ""
            member = None if income or not place.subject else family.members.get(position=int(place.subject[1:]))
            file = self.upload(
                place.paper,
                place.title,
                f"{place.subject_label} {number}",
                document=place.accepts[0][0],
                member=member,
                line=income,
            )
            details = {name: DETAILS[name] for name in place.fields if name in DETAILS}
            if details or place.issuer_region:
                families.describe_evidence(
                    self.clerk,
                    file,
                    at=self.tick(0),
                    details=details,
                    issuer_region=place.issuer_region,
                    by_step=self.household.locked,
                )

    def upload(self, paper: str, *lines: str, document: str = "", **place: Any) -> EvidenceFile:
        name = f"{paper}-{self.serial}-{self.moment:%H%M%S}.jpg"
        content = picture(*lines, f"编号 {self.serial:04d} {self.moment:%m%d%H%M}")
        self.household.refresh_from_db()
        return families.attach_evidence(
            self.clerk,
            self.household,
            content,
            name,
            at=self.tick(1),
            paper=paper,
            document=document,
            by_step=self.household.locked,
            **place,
        )

    def facts(self) -> dict[str, Any]:
        return facts_of.build(selectors.whole(Household.objects.get(pk=self.household.pk)))

    def outcome(self) -> str:
        """What the policy says of the family as it is now."""
        policy = policy_for(self.household.work_region or "", self.household.application_date)
        return str(assess(self.facts(), policy, installed_standards()).as_dict()["outcome"])

    # --- the steps ------------------------------------------------------------------------------------------------
    def submit(self) -> None:
        self.household.refresh_from_db()
        self.application = services.submit_application(self.clerk.actor, self.household, at=self.tick())

    def step(self) -> str:
        """The code of the open step, empty at the end."""
        self.application.refresh_from_db()
        record = flow.open_record(self.application)
        return record.code if record else ""

    def actor_here(self) -> Desk:
        """Someone who holds the open step's role in its union and did nothing in the case that excludes her."""
        record = flow.open_record(self.application)
        assert record is not None  # asked only while a step is open
        step = flow.procedure_of(self.application).step(record.code)
        for post in Post.objects.filter(union=record.union, role=record.role).select_related("user").order_by("pk"):
            if not flow.own_work(self.application, step, post.user_id):
                return self.desk(post.user.username)
        raise LookupError(f"nobody in {record.union} may do {record.code}")

    def forward(self, until: str = "") -> None:
        """Walks on until the step ``until`` is open (empty: to the end)."""
        while (code := self.step()) and code != until:
            KINDS[flow.procedure_of(self.application).step(code).kind](self)

    def review(self) -> None:
        services.unit_review(
            self.actor_here().actor, self.application, at=self.tick(35), comment="材料齐全，情况属实，同意。"
        )

    def visit(self) -> None:
        self.next_day()
        photo = self.upload("home_visit_form", "入户照片", document="visit_record")
        me = self.clerk
        services.record_visit(
            me.actor, self.application, visited_on=self.today, first_visitor=me.user_name, second_visitor="练习同行人", at=self.tick(),
            place="家庭住址", interviewed="职工本人及配偶", findings="住房陈旧，家中有病人需要照看，收入主要靠职工工资。", no_kinship=True,
            in_difficulty=True, causes_confirmed=True, reasons="就诊记录、票据与走访所见一致。", positive=True, photos=[photo],
        )  # fmt: skip
        services.close_visit(me.actor, self.application, at=self.tick(), comment="符合建档标准，同意公示。")

    def post_notice(self) -> None:
        photo = self.upload("notice_papers", "公示张贴照片", document="notice_material")
        services.post_notice(
            self.clerk.actor,
            self.application,
            posted_on=self.today,
            place="employer",
            place_name="一楼职工公告栏",
            at=self.tick(),
            start_photo=photo,
        )

    def notice(self) -> None:
        if not self.application.notices.exists():
            self.post_notice()
        notice = self.application.notices.get()
        day, _ = calendar().add_working_days(notice.ends_on, 1)
        self.moment = timezone.make_aware(datetime.combine(day, time(9, 5)))
        photo = self.upload("notice_papers", "公示期满照片", document="notice_material")
        services.add_photo(self.clerk.actor, notice, photo, which="end", at=self.tick())
        services.close_notice(self.clerk.actor, self.application, at=self.tick(), comment="公示期内没有异议。")

    def authorize(self) -> None:
        case = guards.Case(
            self.household,
            self.application.policy,
            flow.procedure_of(self.application).step("authorization"),
            self.moment,
        )
        for member in case.counted:
            scan = self.upload(
                "authorization_form", "查询授权书", member.name, document="fingerprinted_authorization", member=member
            )
            services.record_authorization(
                self.clerk.actor, self.application, member, at=self.tick(), scan=scan, unaltered=True, clear=True
            )
        services.close_authorizations(self.clerk.actor, self.application, at=self.tick())

    def report_up(self) -> None:
        services.report_up(self.actor_here().actor, self.application, at=self.tick(20), comment="情况属实，报请审核。")

    def check(self) -> None:
        self.next_day()
        procedure = flow.procedure_of(self.application)
        assert procedure.check is not None  # a step of this kind has a check rule
        case = guards.Case(self.household, self.application.policy, procedure.step(self.step()), self.moment)
        homes = self.household.owned_homes or 0
        answers = [
            services.Answer(member, item, *self._found(item, member.relation == "self", homes))
            for member in case.counted
            for item in procedure.check.items
        ]
        me = self.actor_here()
        services.record_check(
            me.actor,
            self.application,
            answers=answers,
            checked_on=self.today,
            serial=f"LX-{self.serial:05d}",
            at=self.tick(),
        )
        services.close_check(me.actor, self.application, at=self.tick(), comment="核对完毕，与申报一致。")

    def _found(self, item: str, worker: bool, homes: int) -> tuple[str, int | None, str]:
        vehicles = len(self.household.vehicles or [])
        if worker and item == "homes" and homes:
            return CheckState.FOUND, homes, "自有住房"
        if worker and item == "vehicles" and vehicles:
            return CheckState.FOUND, vehicles, "小型汽车"
        if worker and item == "provident_fund":
            return CheckState.FOUND, None, "正常缴存"
        return CheckState.NONE, None, ""

    def file(self) -> None:
        self.next_day()
        self.upload("information_sheet", "困难职工原始信息表", document="information_sheet_print")
        services.open_file(self.actor_here().actor, self.application, at=self.tick())

    def recheck(self) -> None:
        self.next_day()
        folders = get_pack(self.application.policy, self.application.applied_on).evidence.folders
        services.recheck(
            self.actor_here().actor,
            self.application,
            sheet=dict.fromkeys(folders, True),
            at=self.tick(),
            comment="原始档案逐项复核，齐全。",
        )

    def record(self) -> None:
        services.record_filing(self.actor_here().actor, self.application, at=self.tick(30), comment="准予备案。")

    def send_back(self, codes: list[tuple[str, str, str]]) -> None:
        """Returns the case from where it stands, with the points (code, target, note)."""
        points = [{"code": code, "target": target, "note": note} for code, target, note in codes]
        services.return_case(self.actor_here().actor, self.application, points=points, at=self.tick(25))


DETAILS = {
    "number": "LX-0001", "issuer": "练习机关", "valid_to": "2030-12-31", "hospital": "练习医院", "patient": "家庭成员", "diagnosis": "慢性肾病",
    "kind": "limb", "grade": "2", "description": "练习材料", "self_paid_in_scope": "1000.00", "self_paid_out_of_scope": "500.00", "date": "2020-09-01",
}  # fmt: skip

KINDS: dict[str, Callable[[Walk], None]] = {
    "review": Walk.review, "visit": Walk.visit, "notice": Walk.notice, "authorization": Walk.authorize, "forward": Walk.report_up,
    "check": Walk.check, "filing": Walk.file, "recheck": Walk.recheck, "record": Walk.record,
}  # fmt: skip
