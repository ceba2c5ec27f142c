"""Every address of the site: as a page to look at with somebody's eyes, or as an act that shows no page of its own."""

from typing import Any

STEPS = ("basic", "members", "incomes", "expenses", "property", "causes", "findings", "review")
PACK = "tianjin-commerce-2020"
AT_STEP = (
    ("unit_review", "shenhe1"), ("home_visit", "jingban1"), ("public_notice", "jingban1"), ("notice_elapsed", "jingban1"),
    ("authorization", "jingban1"), ("report_up", "jingban1"), ("industry_review", "shangwu1"), ("city_check", "shizong"),
    ("filing", "jingban1"), ("recheck", "jituan2"), ("record", "shangwu2"), ("filed", "jingban1"), ("returned", "jingban1"),
    ("refused", "jingban1"), ("withdrawn", "jingban1"),
)  # fmt: skip
"""State of a planted family → who acts there."""


def pages(made: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Name of an address → who looks and where. ``made`` is what ``plant`` wrote."""
    draft, filed = made["draft"]["household"], made["filed"]
    one = made["one"]
    return {
        "home": [
            ("jingban1", "/"), ("shenhe1", "/"), ("shangwu2", "/"), ("lingdao", "/"), ("caiwu", "/"), ("jingshen", "/"), ("zhanghao", "/"),
            ("jingban1", "/?tab=drafts"),
        ],
        "organizations:sign_in": [("", "/sign-in/")],
        "portal:ask": [("", "/ask/")],
        "organizations:change_password": [("jingban1", "/password/")],
        "organizations:accounts": [("zhanghao", "/accounts/")],
        "organizations:account_new": [("zhanghao", "/accounts/new/")],
        "organizations:account": [("zhanghao", f"/accounts/{one['account']}/")],
        "organizations:unions": [("jingban1", "/unions/"), ("zhanghao", "/unions/")],
        "organizations:union": [("zhanghao", f"/unions/{one['union']}/")],
        "organizations:union_new": [("zhanghao", f"/unions/{one['union']}/new/")],
        "organizations:union_edit": [("zhanghao", f"/unions/{one['union']}/edit/")],
        "organizations:standards": [("shangwu2", "/standards/"), ("jingban1", "/standards/")],
        "organizations:standard_new": [("shangwu2", "/standards/new/")],
        "organizations:calendar": [("jingban1", "/calendar/"), ("zhanghao", "/calendar/")],
        "organizations:security": [("anquan", "/security/")],
        "organizations:log": [("rizhi", "/log/"), ("jingshen", "/log/")],
        "library:index": [("jingban1", "/policy/")],
        "library:coverage": [("jingban1", "/policy/coverage/")],
        "library:two": [("jingban1", "/policy/compare/"), ("jingban1", "/policy/compare/?a=FILE16&b=FUND20")],
        "library:text": [("jingban1", "/policy/texts/PAY12/"), ("zhanghao", "/policy/texts/WARM18/"), ("jingban1", "/policy/texts/FILE16/")],
        "library:pack": [("jingban1", f"/policy/{PACK}/"), ("jingban1", "/policy/acftu-2020/")],
        "library:clause": [("jingban1", f"/policy/{PACK}/clause/c4-p1/")],
        "library:rules": [("jingban1", f"/policy/{PACK}/rules/")],
        "library:rule": [("jingban1", f"/policy/{PACK}/rules/dibao/")],
        "library:compare": [("jingban1", f"/policy/{PACK}/compare/")],
        "library:procedure": [("jingban1", f"/policy/{PACK}/procedure/"), ("jingban1", "/policy/dibao-2019/procedure/")],
        "library:ways": [
            ("jingban1", "/policy/ways/"),
            ("jingban1", "/policy/ways/?p=muchuan-2016&p=taian-2020&p=tianjin-commerce-2020"),
        ],
        "library:part": [("jingban1", f"/policy/{PACK}/parts/{room}/") for room in ("evidence", "aid", "lifecycle")]
        + [("jingban1", f"/policy/dibao-2019/parts/{room}/") for room in ("forms", "workflow", "assistance")],
        "families:list": [("jingban1", "/families/"), ("shangwu1", "/families/")],
        "families:new": [("jingban1", "/families/new/")],
        "families:household": [("jingban1", f"/families/{draft}/"), ("shangwu1", f"/families/{filed['household']}/")],
        "families:step": [("jingban1", f"/families/{draft}/edit/{step}/") for step in STEPS]
        + [("jingban1", f"/families/{draft}/edit/incomes/?wide=1")],
        "families:twins": [("jingban1", "/families/twins/"), ("jingban1", "/families/twins/?tab=elsewhere")],
        "families:twins_compare": [("jingban1", f"/families/twins/{draft}/{one['twin']}/")],
        "families:merge": [("jingban1", f"/families/{draft}/merge/{one['twin']}/")],
        "families:split": [("jingban1", f"/families/{draft}/split/")],
        "families:change": [("jingban1", f"/families/changes/{one['change']}/")],
        "families:evidence": [("jingban1", f"/families/{draft}/papers/")],
        "casework:list": [("jingban1", "/cases/"), ("lingdao", "/cases/")],
        "casework:files": [("jingban1", "/cases/files/")],
        "casework:file": [("jingban1", f"/cases/files/{one['file']}/")],
        "casework:notices": [("jingban1", "/cases/notices/")],
        "casework:overdue": [("lingdao", "/cases/overdue/")],
        "casework:clock": [("jingban1", f"/cases/clocks/{one['clock']}/")],
        "casework:search": [("jingban1", "/cases/search/?q=H2")],
        "casework:verify": [("jingban1", f"/cases/verify/?code={one['code']}")],
        "casework:import": [("shizong", "/cases/checks/import/")],
        "casework:submit": [("jingban1", f"/cases/submit/{draft}/")],
        "casework:determination": [("jingban1", f"/cases/determinations/{one['determination']}/")],
        "casework:case": [(who, f"/cases/{made[state]['application']}/") for state, who in AT_STEP],
        "casework:return": [("shenhe1", f"/cases/{made['unit_review']['application']}/return/")],
        "notice:find": [("", "/notice/verify/")],
        "notice:verify": [("", f"/notice/verify/{one['notice_code']}/")],
        "notice:objection": [("", f"/notice/objection/{one['notice_code']}/")],
        "notice:answer": [("", "/notice/answer/")],
        "casework:notice_screen": [("jingban1", f"/cases/notices/{one['notice']}/page/")],
        "rechecks:index": [("shangwu1", "/rechecks/")],
        "rechecks:ask": [("shangwu1", "/rechecks/new/")],
        "rechecks:waiting": [("jingban1", "/rechecks/waiting/")],
        "rechecks:run": [("shangwu1", f"/rechecks/{one['recheck']}/")],
        "rechecks:finding": [("jingban1", f"/rechecks/findings/{one['finding']}/")],
        "sandbox:index": [("lingdao", "/sandbox/")],
        "sandbox:new": [("lingdao", "/sandbox/new/")],
        "sandbox:proposal": [("lingdao", f"/sandbox/{one['proposal']}/")],
        "sandbox:numbers": [("lingdao", f"/sandbox/{one['proposal']}/numbers/")],
        "sandbox:families": [("lingdao", f"/sandbox/{one['proposal']}/families/"), ("lingdao", f"/sandbox/{one['proposal']}/families/?show=near")],
        "sandbox:beside": [("lingdao", f"/sandbox/beside/?a={one['proposals'][0]}&b={one['proposals'][1]}")],
        "demo:clock": [("jingban1", "/practice/clock/")],
    }  # fmt: skip


NO_PAGE = {
    "organizations:sign_out", "organizations:choose_post", "organizations:post_end", "organizations:account_appoint",
    "organizations:account_reset", "organizations:account_lock", "organizations:union_close", "organizations:standard_confirm", "organizations:standard_withdraw",
    "organizations:standard_revoke", "organizations:calendar_day", "organizations:calendar_publish", "organizations:lockout_lift",
    "organizations:second_factor_forget", "organizations:regions", "organizations:log_check", "families:reveal", "families:delete", "families:panel",
    "families:upload", "families:waive", "families:describe", "families:compare", "families:withdraw", "families:content",
    "families:twins_look", "families:twins_dismiss", "families:change_undo",
    "casework:import_template", "casework:notice_photo", "casework:paper_notice_table", "casework:objection_author", "casework:objection", "casework:answer_objection", "casework:difference",
    "casework:pass", "casework:resubmit", "casework:refuse", "casework:withdraw", "casework:kinship", "casework:visit",
    "casework:notice", "casework:authorize", "casework:check", "casework:paper_word", "casework:paper", "casework:paper_sheet",
    "casework:finish_clock", "casework:postpone_clock",
    "casework:paper_notice", "casework:paper_visit", "casework:paper_information", "casework:paper_draft", "rechecks:progress",
    "casework:paper_decision", "casework:decision", "casework:late_paper", "library:procedure_pdf",
    "sandbox:trial", "sandbox:progress", "sandbox:lodge", "sandbox:decide", "sandbox:sheet", "sandbox:paper", "sandbox:draft",
    "library:file", "library:file_add",
}  # fmt: skip
"""Acts, fragments and files: they are met on the pages from which they are asked for."""

ONLY_IN_PRODUCTION = {"organizations:go_on", "organizations:second_factor"}
"""Pages between password and desk that a practice installation, without second factor, passes by."""
