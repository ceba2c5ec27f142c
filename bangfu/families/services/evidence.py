"""Papers that prove: taken in, described, compared with the original, withdrawn, waived."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime

from bangfu.common.acts import act
from bangfu.common.errors import Refused
from bangfu.families import blobs, uploads
from bangfu.families.choices import Carrier
from bangfu.families.models import EvidenceFile, EvidenceWaiver, Household, Member
from bangfu.families.services.common import HouseholdLocked, NotYourHousehold, differences, locked_row, require_editor
from bangfu.organizations.choices import CASEWORK_ROLES
from bangfu.organizations.scope import Desk


def _allow(desk: Desk, household: Household, by_step: bool) -> None:
    """The clerk while the family is open; in a step (``by_step``) whoever works on the case, though the data are locked."""
    if by_step:
        if desk.role not in CASEWORK_ROLES or not household.union_path.startswith(desk.union_path):
            raise NotYourHousehold("这个家庭不在您的办理范围内。")
        return
    require_editor(desk, household)
    if household.locked:
        raise HouseholdLocked


def attach_evidence(
    desk: Desk,
    household: Household,
    data: bytes,
    original_name: str,
    *,
    at: datetime,
    paper: str,
    document: str = "",
    member: Member | None = None,
    line: str = "",
    title: str = "",
    by_step: bool = False,
    inspected: uploads.Inspected | None = None,
) -> EvidenceFile:
    """Takes in one file for a paper of the checklist. The row is written only after the encrypted files are safe on disk.

    ``inspected`` is what ``uploads.inspect`` found where the caller asked it before. ``line`` names a grid row (``income:3``). The same content in another place of this family, or in another family of the
    desk's scope, is noticed in ``duplicate_of``. Raises ``UploadFault``, ``Refused`` for the same file in the same place,
    ``HouseholdLocked``, ``NotYourHousehold``.
    """
    _allow(desk, household, by_step)
    if member is not None and member.household_id != household.pk:
        raise Refused("所选成员不在本户，请重新选择。", field="member")
    found = inspected or uploads.inspect(data)
    digest = hashlib.sha256(data).hexdigest()
    twins = (
        EvidenceFile.objects.filter(sha256=digest, withdrawn_at__isnull=True).select_related("household").order_by("pk")
    )
    here = [twin for twin in twins if twin.household_id == household.pk]
    _not_twice(household, digest, paper, member, line)
    nearby = here or [twin for twin in twins if twin.union_path.startswith(desk.union_path)]
    written: list[str] = []
    try:
        for content in (data, found.viewing, found.thumbnail):
            written.append(blobs.write(content) if content is not None else "")
        with act(desk.actor, "attach_evidence", at=at) as deed:
            row = locked_row(household)
            _allow(desk, row, by_step)
            _not_twice(row, digest, paper, member, line)  # again: the same press twice at the same moment
            file = EvidenceFile(
                household=row,
                paper=paper,
                document=document,
                member=member,
                line=line,
                title=title,
                carrier=Carrier.PHOTO if found.content_type.startswith("image/") else Carrier.ELECTRONIC,
                author=desk.union_name[:80],
                made_on=None,
                pages=found.pages,
                original_name=uploads.safe_name(original_name),
                content_type=found.content_type,
                size=len(data),
                sha256=digest,
                stored=written[0],
                viewing=written[1],
                thumbnail=written[2],
                duplicate_of=nearby[0] if nearby else None,
                uploaded_by_id=desk.user_id,
                uploaded_at=at,
            )
            file.save()
            row.updated_at = at
            row.save(update_fields=["updated_at"])
            deed.record(
                row, after={"file": file.pk, "paper": paper, "document": document, "sha256": digest, "size": file.size}
            )
    except BaseException:
        for name in filter(None, written):
            blobs.remove(name)
        raise
    return file


def _not_twice(household: Household, digest: str, paper: str, member: Member | None, line: str) -> None:
    twins = EvidenceFile.objects.filter(household=household, sha256=digest, withdrawn_at__isnull=True)
    if twins.filter(paper=paper, member=member, line=line).exists():
        raise Refused("同一份文件已经上传在这里，不需要重复上传。", field="file")


def _held(desk: Desk, file: EvidenceFile, by_step: bool) -> EvidenceFile:
    """The file's row as the database has it, its family locked and the right asked again; inside the act."""
    family = locked_row(file.household)
    _allow(desk, family, by_step)
    held: EvidenceFile = EvidenceFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if held.withdrawn_at is not None:
        raise Refused("这份材料已经撤下。")
    held.household = family
    return held


DETAIL_LABELS = {
    "number": "编号", "issuer": "颁发机关", "valid_to": "有效期至", "date": "日期", "patient": "患者", "hospital": "医院",
    "diagnosis": "诊断", "kind": "类别", "grade": "等级", "description": "说明", "self_paid_in_scope": "医保内自付（元）",
    "self_paid_out_of_scope": "医保外自费（元）", "holder": "户名", "bank": "开户银行", "start": "起始日期", "end": "终止日期",
    "union_seal": "所盖的工会公章", "base": "推算的基数", "method": "推算的方法",
}  # fmt: skip
"""What may be copied from a paper, by the codes of the packs' evidence rules."""


def describe_evidence(
    desk: Desk,
    file: EvidenceFile,
    *,
    at: datetime,
    document: str | None = None,
    details: Mapping[str, str] | None = None,
    title: str | None = None,
    issuer_region: str | None = None,
    carrier: str | None = None,
    made_on: date | None = None,
    author: str | None = None,
    by_step: bool = False,
) -> EvidenceFile:
    """Notes what stands on the paper (number, validity, hospital …), which document it is, its carrier, date and author."""
    _allow(desk, file.household, by_step)
    given = {
        "document": document,
        "title": title,
        "issuer_region": issuer_region,
        "carrier": carrier,
        "author": author,
        "made_on": made_on,
    }
    values: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if details is not None:
        strange = sorted(set(details) - set(DETAIL_LABELS))
        if strange:
            raise TypeError(f"unknown details: {', '.join(strange)}")
    with act(desk.actor, "describe_evidence", at=at) as deed:
        file = _held(desk, file, by_step)
        if details is not None:
            whole = {**json.loads(str(file.details or "{}")), **details}
            merged = {name: text.strip() for name, text in whole.items() if text.strip()}
            values["details"] = json.dumps(merged, ensure_ascii=False, sort_keys=True)
        before, after = differences(file, values)
        file.save()
        deed.record(file.household, before=before, after={"file": file.pk, **after})
    return file


def compare_evidence(desk: Desk, file: EvidenceFile, *, at: datetime, by_step: bool = False) -> EvidenceFile:
    """Notes that this person compared the copy with the original (附件1 四（二）)."""
    _allow(desk, file.household, by_step)
    with act(desk.actor, "compare_evidence", at=at) as deed:
        file = _held(desk, file, by_step)
        file.compared_by_id = desk.user_id
        file.compared_at = at
        file.save(update_fields=["compared_by", "compared_at"])
        deed.record(file.household, after={"file": file.pk, "compared_by": desk.user_id})
    return file


def file_evidence(desk: Desk, file: EvidenceFile, *, at: datetime, shelf: str, by_step: bool = True) -> EvidenceFile:
    """Notes where the paper copy stands in the paper file (附件1 四, last paragraph)."""
    _allow(desk, file.household, by_step)
    with act(desk.actor, "file_evidence", at=at) as deed:
        file = _held(desk, file, by_step)
        before, after = differences(file, {"paper_filed": True, "shelf": shelf})
        file.save(update_fields=["paper_filed", "shelf"])
        deed.record(file.household, before=before, after={"file": file.pk, **after})
    return file


def withdraw_evidence(
    desk: Desk, file: EvidenceFile, *, at: datetime, reason: str = "", by_step: bool = False
) -> EvidenceFile:
    """Takes a paper off the list. The original stays in the store: a decision may rest on it."""
    _allow(desk, file.household, by_step)
    with act(desk.actor, "withdraw_evidence", at=at, reason=reason) as deed:
        file = _held(desk, file, by_step)
        file.withdrawn_at = at
        file.save(update_fields=["withdrawn_at"])
        deed.record(
            file.household,
            before={"file": file.pk, "paper": file.paper},
            after={"withdrawn": True, "sha256": file.sha256},
        )
    return file


def waive_paper(
    desk: Desk, household: Household, paper: str, subject: str = "", *, at: datetime, reason: str
) -> EvidenceWaiver:
    """Closes an open place of the checklist with a written reason. Raises ``Refused`` without one."""
    _allow(desk, household, by_step=False)
    if len(reason.strip()) < 4:
        raise Refused("请写明免交这项材料的原因。", field="reason")
    with act(desk.actor, "waive_paper", at=at, reason=reason.strip()) as deed:
        household = locked_row(household)
        _allow(desk, household, by_step=False)
        waiver, _ = EvidenceWaiver.objects.update_or_create(
            household=household,
            paper=paper,
            subject=subject,
            defaults={"reason": reason.strip()[:200], "waived_by_id": desk.user_id, "waived_at": at},
        )
        deed.record(household, after={"waived": paper, "subject": subject})
    return waiver


def unwaive_paper(desk: Desk, household: Household, paper: str, subject: str = "", *, at: datetime) -> None:
    """Asks for the paper again."""
    _allow(desk, household, by_step=False)
    with act(desk.actor, "unwaive_paper", at=at) as deed:
        household = locked_row(household)
        _allow(desk, household, by_step=False)
        EvidenceWaiver.objects.filter(household=household, paper=paper, subject=subject).delete()
        deed.record(household, before={"waived": paper, "subject": subject})
