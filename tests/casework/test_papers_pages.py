"""Papers over the web: who may open them, how a file is called, that nothing stays behind."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from bangfu.casework import determinations
from bangfu.casework.views import printing
from bangfu.common.models import AuditEntry
from bangfu.families import services as families
from bangfu.organizations.choices import Role
from tests import factories
from tests.casework import kit

pytestmark = pytest.mark.usefixtures("frozen_now")
SignIn = Callable[[Any], Client]


def address(walk: kit.Walk, paper: str = "application_form") -> str:
    return reverse("casework:paper", args=[walk.application.pk, paper])


def test_a_paper_comes_as_pdf_under_its_chinese_name_and_stays_in_no_cache(walk: kit.Walk, signed_in: SignIn) -> None:
    answer = signed_in(walk.office.clerk).get(address(walk))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer["Cache-Control"]
    plain, _, coded = answer["Content-Disposition"].partition("filename*=UTF-8''")
    assert plain.isascii()
    assert unquote(coded) == f"困难职工申请表_王秀兰_{walk.application.number}-SQ.pdf"


def test_the_name_of_a_notice_file_says_nothing_of_the_person(walk: kit.Walk, signed_in: SignIn) -> None:
    walk.to("public_notice")
    notice = walk.post(masked=True)
    answer = signed_in(walk.office.clerk).get(reverse("casework:paper_notice", args=[notice.pk]))
    assert answer.status_code == 200
    assert unquote(answer["Content-Disposition"]).endswith(f"公示_{notice.number}.pdf")
    assert "王" not in unquote(answer["Content-Disposition"])


def test_the_word_file_is_a_download(walk: kit.Walk, signed_in: SignIn) -> None:
    answer = signed_in(walk.office.clerk).get(reverse("casework:paper_word", args=[walk.application.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"PK")


def test_the_auditor_may_read_papers_and_leaves_a_trace(walk: kit.Walk, signed_in: SignIn) -> None:
    auditor = factories.person(Role.AUDITOR, walk.office.tree.industry, name="经审员")
    assert signed_in(auditor).get(address(walk)).status_code == 200
    row = AuditEntry.objects.filter(verb="print_paper").latest("seq")
    assert (row.user_name, row.role, row.after["paper"]) == ("经审员", "auditor", "application_form")


def test_another_branch_and_a_form_that_is_none_are_not_found(walk: kit.Walk, signed_in: SignIn) -> None:
    foreign = factories.person(Role.CLERK, walk.office.tree.foreign_unit)
    assert signed_in(foreign).get(address(walk)).status_code == 404
    assert signed_in(walk.office.clerk).get(address(walk, "calculation_sheet")).status_code == 404
    assert not AuditEntry.objects.filter(verb="print_paper").exists()


def test_a_family_for_whose_day_no_policy_is_in_force_is_told_so(office: kit.Office, signed_in: SignIn) -> None:
    household = families.open_household(office.clerk, at=kit.AT, application_date=date(2011, 3, 1), name="王秀兰")
    answer = signed_in(office.clerk).get(reverse("casework:paper_draft", args=[household.pk, "pdf"]))
    assert answer.status_code == 422
    assert "还不能打印" in answer.content.decode()
    assert not AuditEntry.objects.filter(verb="print_paper").exists()


def test_a_draft_prints_for_signature_in_both_forms(office: kit.Office, signed_in: SignIn) -> None:
    household = kit.family(office, papers=False)
    client = signed_in(office.clerk)
    for form, start in (("pdf", b"%PDF-"), ("docx", b"PK")):
        answer = client.get(reverse("casework:paper_draft", args=[household.pk, form]))
        assert answer.status_code == 200
        assert answer.content.startswith(start)
    assert client.get(reverse("casework:paper_draft", args=[household.pk, "exe"])).status_code == 404


def test_the_links_of_a_case_grow_with_its_steps_and_all_open(walk: kit.Walk, signed_in: SignIn) -> None:
    first = [title for title, _ in printing.links(walk.application, determinations.latest(walk.application))]
    assert "困难职工原始信息表" not in first
    walk.to("recheck")
    found = printing.links(walk.application, determinations.latest(walk.application))
    assert {title.partition(" ")[0].partition("（")[0] for title, _ in found} == {
        "困难职工申请表", "测算书", "入户调查表", "公示", "查询授权书", "困难职工原始信息表",
    }  # fmt: skip
    client = signed_in(walk.office.clerk)
    for title, url in found:
        assert client.get(url).status_code == 200, title
