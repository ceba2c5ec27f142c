"""Pages of a collective decision, of what a step asks, and of papers handed in late."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from bangfu.casework.models import CollectiveDecision
from bangfu.common.models import AuditEntry
from bangfu.families.models import EvidenceFile
from tests import factories
from tests.casework import kit, places
from tests.casework.places import Place


@pytest.fixture
def place(db: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Place:
    """沐川, at the collective decision; the pages' clock stands where the case does."""
    settings.BANGFU_PARAMETERS = {"publicity_days": 5}
    made = Place(places.MUCHUAN)
    made.submit()
    made.walk(until="collective_decision")
    return made


def client(place: Place, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Signed in as whoever's turn it is, at the hour of the case."""
    monkeypatch.setattr("bangfu.common.clock.now", lambda: place.at)
    return factories.client_for(place.whose_turn())


def typed(place: Place, **changes: Any) -> dict[str, Any]:
    people = {f"name_{row}": f"委员{row}" for row in range(3)} | {f"vote_{row}": "for" for row in range(3)}
    return {
        "held_on": place.at.date().isoformat(), "place": "会议室", "minutes": "逐户讨论", "conclusion": "agree", **people,
    } | changes  # fmt: skip


def test_a_meeting_is_typed_in_with_its_scan_shown_and_printed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.later()
    browser = client(place, monkeypatch)
    address = reverse("casework:case", args=[place.application.pk])
    page = browser.get(address).content.decode()
    assert "到会人和表决" in page
    assert "参加表决的不少于 2 人" in page
    scan = SimpleUploadedFile("minutes.png", kit.photo(), content_type="image/png")
    answer = browser.post(
        reverse("casework:decision", args=[place.application.pk]), typed(place, vote_2="abstain", scan=scan)
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    held = CollectiveDecision.objects.get()
    assert held.counts() == {"for": 2, "against": 0, "abstain": 1, "present": 3}
    assert held.scan == EvidenceFile.objects.get(paper="meeting_minutes")
    page = browser.get(address).content.decode()
    assert "同意 2，不同意 0，弃权 1" in page
    printed = browser.get(reverse("casework:paper_decision", args=[held.pk]))
    text = PdfReader(io.BytesIO(b"".join(printed) if printed.streaming else printed.content)).pages[0].extract_text()
    assert "集体研究记录" in text.replace("\n", "")
    for word in ("委员0", "弃权", "逐户讨论"):
        assert word in text.replace("\n", "")
    assert AuditEntry.objects.filter(verb="print_paper").last().after["paper"] == "decision_minutes"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vote_1": "", "vote_2": ""}, "不少于 2 人"),
        ({"name_1": ""}, "请写明姓名"),
        ({"minutes": ""}, "请填写会议记录"),
        ({"conclusion": ""}, "请选择结论"),
        ({"held_on": "2031-01-01"}, "晚于今天"),
        ({"vote_1": "against", "vote_2": "against"}, "过半数"),
    ],
)
def test_what_is_wrong_with_a_meeting_comes_back_with_what_was_typed(
    place: Place, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], words: str
) -> None:
    place.later()
    browser = client(place, monkeypatch)
    address = reverse("casework:decision", args=[place.application.pk])
    answer = browser.post(address, typed(place, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="委员0"' in page
    assert not CollectiveDecision.objects.exists()
    assert browser.post(address, typed(place)).status_code == 302


def test_what_a_step_asks_is_asked_on_its_page_and_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.walk(until="national_entry")
    place.later()
    browser = client(place, monkeypatch)
    page = browser.get(reverse("casework:case", args=[place.application.pk])).content.decode()
    assert "全国帮扶工作管理系统的档案编号" in page
    address = reverse("casework:pass", args=[place.application.pk])
    day = place.at.date().isoformat()
    short = browser.post(address, {"ask-copy_received_on": day, "ask-entered_on": day})
    assert (short.status_code, "请填写全国帮扶工作管理系统的档案编号" in short.content.decode()) == (422, True)
    answer = browser.post(
        address, {"ask-copy_received_on": day, "ask-entered_on": day, "ask-national_id": "QG-2020-1", "comment": ""}
    )
    assert answer.status_code == 302
    assert place.here().state == "filed"
    assert place.application.steps.last().data["asked"]["national_id"] == "QG-2020-1"
    page = browser.get(reverse("casework:case", args=[place.application.pk])).content.decode()
    assert "全国帮扶工作管理系统的档案编号：QG-2020-1" in page
    assert "到会 3 人，同意 3，不同意 0，弃权 0" in page


def test_a_paper_of_a_later_stage_is_handed_in_where_the_case_stands(db: Any, settings: Any, monkeypatch: Any) -> None:
    settings.BANGFU_PARAMETERS = {"publicity_days": 5}
    where = places.PROVINCIAL
    monkeypatch.setenv("BANGFU_POLICY_PLACES", f'{{"{where.region[:2]}0000": "{where.policy}"}}')
    place = Place(where)
    place.submit()
    place.walk(until="recheck")
    place.later()
    browser = client(place, monkeypatch)
    page = browser.get(reverse("casework:case", args=[place.application.pk])).content.decode()
    assert "还可以上传的材料" in page
    address = reverse("casework:late_paper", args=[place.application.pk])

    def sent(**more: Any) -> Any:
        file = SimpleUploadedFile("a.png", kit.photo(), content_type="image/png")
        return browser.post(
            address, {"paper": "approval_form~", "document": "approval_form_signed", "file": file, **more}
        )

    assert sent(paper="id_card~P1").status_code == 422
    assert sent(document="nothing").status_code == 422
    assert sent().status_code == 302
    assert EvidenceFile.objects.get(paper="approval_form").document == "approval_form_signed"
    stranger = factories.client_for(place.desk(place.unit, "clerk"))
    file = SimpleUploadedFile("b.png", kit.photo(), content_type="image/png")
    foreign = stranger.post(address, {"paper": "bank_card~", "document": "bank_card_copy", "file": file, "detail_holder": "王", "detail_bank": "行"})  # fmt: skip
    assert foreign.status_code == 403
    place.go_on()
    assert place.step.code == "record"
