"""The addresses of the organizations room for the access battery."""

from datetime import date
from typing import Any

from bangfu.organizations import services
from bangfu.organizations.choices import Role
from bangfu.organizations.models import LocalStandard, Post, User
from tests.battery import LIST, OPEN, Access, Ground
from tests.factories import AT, post, user

EVERY = tuple(Role)
ADMIN = (Role.ACCOUNT_ADMIN,)
SECURITY = (Role.SECURITY_ADMIN,)
KEEPERS = (Role.AID_CENTER, Role.LEADER)


def account(ground: Ground) -> User:
    """A person with a post in the basic union."""
    if "account" not in ground.made:
        ground.made["account"] = user("岳小满", union=ground.tree.unit, username="yue.xiaoman")
        ground.made["post"] = post(ground.made["account"], Role.CLERK, ground.tree.unit)
    made: User = ground.made["account"]
    return made


def _account(ground: Ground) -> dict[str, Any]:
    return {"pk": account(ground).pk}


def _post(ground: Ground) -> dict[str, Any]:
    account(ground)
    held: Post = ground.made["post"]
    return {"pk": held.pk}


def _unit(ground: Ground) -> dict[str, Any]:
    return {"pk": ground.tree.unit.pk}


def _standard(ground: Ground) -> dict[str, Any]:
    if "standard" not in ground.made:
        ground.made["standard"] = services.propose_standard(
            ground.desk(Role.AID_CENTER, ground.tree.city).actor,
            name="dibao",
            region="120000",
            from_date=date(2020, 7, 1),
            value="1010.00",
            source="津民发〔2020〕1号",
            at=AT,
        )
    row: LocalStandard = ground.made["standard"]
    return {"pk": row.pk}


def _account_texts(ground: Ground) -> list[str]:
    account(ground)
    return ["岳小满", "yue.xiaoman"]


def _new_post(ground: Ground) -> dict[str, Any]:
    return {"union": ground.tree.unit2.pk, "role": "clerk", "starts_on": "2020-10-12"}


ACCESS = [
    Access("organizations:sign_in", public=True),
    Access("organizations:go_on", public=True, method="post"),
    Access("organizations:sign_out", signed_in=True, method="post"),
    Access("organizations:second_factor", signed_in=True),
    Access("organizations:change_password", signed_in=True),
    Access("organizations:choose_post", signed_in=True, method="post", kwargs=_post),
    Access("organizations:accounts", roles=ADMIN, scope=LIST, hidden=_account_texts),
    Access("organizations:account_new", roles=ADMIN, scope=LIST, hidden=lambda ground: [ground.tree.unit.name]),
    Access("organizations:account", roles=ADMIN, kwargs=_account),
    Access("organizations:account_appoint", roles=ADMIN, kwargs=_account, method="post", data=_new_post, ok={302}),
    Access("organizations:account_reset", roles=ADMIN, kwargs=_account, method="post"),
    Access(
        "organizations:account_lock",
        roles=ADMIN,
        kwargs=_account,
        method="post",
        data=lambda ground: {"reason": "离职"},
        ok={302},
    ),
    Access(
        "organizations:post_end",
        roles=ADMIN,
        kwargs=_post,
        method="post",
        data=lambda ground: {"ends_on": "2020-10-12", "reason": "调岗"},
        ok={302},
    ),
    Access("organizations:unions", roles=EVERY, scope=LIST, hidden=lambda ground: [ground.tree.unit.name]),
    Access("organizations:union", roles=EVERY, kwargs=_unit),
    Access("organizations:union_new", roles=ADMIN, kwargs=_unit),
    Access("organizations:union_edit", roles=ADMIN, kwargs=_unit),
    Access(
        "organizations:union_close",
        roles=ADMIN,
        kwargs=_unit,
        method="post",
        data=lambda ground: {"reason": "撤并"},
        ok={302, 422},
    ),
    Access("organizations:regions", roles=EVERY, scope=OPEN, query="?q=和平"),
    Access("organizations:standards", roles=EVERY, scope=OPEN),
    Access("organizations:standard_new", roles=KEEPERS, scope=OPEN),
    Access("organizations:standard_confirm", roles=KEEPERS, kwargs=_standard, method="post", ok={302}, scope=OPEN),
    Access("organizations:standard_withdraw", roles=KEEPERS, kwargs=_standard, method="post", ok={302}, scope=OPEN),
    Access(
        "organizations:standard_revoke",
        roles=KEEPERS,
        kwargs=_standard,
        method="post",
        data=lambda ground: {"reason": "录错"},
        ok={302},
        scope=OPEN,
    ),
    Access("organizations:calendar", roles=EVERY, scope=OPEN),
    Access(
        "organizations:calendar_day",
        roles=KEEPERS,
        method="post",
        data=lambda ground: {"day": "2027-02-13", "working": "1", "name": "春节调休"},
        ok={302},
        scope=OPEN,
    ),
    Access(
        "organizations:calendar_publish",
        roles=KEEPERS,
        kwargs=lambda ground: {"year": 2027},
        method="post",
        data=lambda ground: {"source": "国务院办公厅关于2027年部分节假日安排的通知"},
        ok={302},
        scope=OPEN,
    ),
    Access("organizations:security", roles=SECURITY, scope=LIST, query="?q=yue", hidden=_account_texts),
    Access("organizations:lockout_lift", roles=SECURITY, kwargs=_account, method="post", ok={302}),
    Access(
        "organizations:second_factor_forget",
        roles=SECURITY,
        kwargs=_account,
        method="post",
        data=lambda ground: {"reason": "手机遗失"},
        ok={302},
    ),
    Access("organizations:log", roles=(Role.LOG_ADMIN, Role.AUDITOR), scope=LIST, hidden=_account_texts),
    Access("organizations:log_check", roles=(Role.LOG_ADMIN,), scope=OPEN, method="post", ok={302}),
]
