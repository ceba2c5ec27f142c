"""Posts: who holds which role in which union, from when to when."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from bangfu.common.acts import Actor, act
from bangfu.organizations.choices import INCOMPATIBLE, Role
from bangfu.organizations.errors import BadPost, IncompatibleRoles, NotAllowed
from bangfu.organizations.models import Post, Union, User
from bangfu.organizations.services.may import demand


def _describe(post: Post) -> dict[str, Any]:
    return {
        "user": post.user.name,
        "union": post.union.name,
        "role": post.role,
        "starts_on": post.starts_on.isoformat(),
        "ends_on": post.ends_on.isoformat() if post.ends_on else None,
    }


def overlapping(user: User, starts_on: date, ends_on: date | None) -> list[Post]:
    """The person's posts, in any union, that share at least one day with the period."""
    rows = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), user=user)
    if ends_on is not None:
        rows = rows.filter(starts_on__lte=ends_on)
    return list(rows.select_related("union"))


def appoint(
    actor: Actor, user: User, union: Union, role: Role, *, starts_on: date, ends_on: date | None = None, at: datetime
) -> Post:
    """Gives a person a post. Raises ``IncompatibleRoles`` where she holds a role in the same days that excludes this one."""
    demand(actor, Role.ACCOUNT_ADMIN, union_path=union.path)
    if actor.user_id is not None and actor.user_id == user.pk:
        raise NotAllowed("不能给本人安排岗位，请由另一位账号管理员办理")
    if ends_on is not None and ends_on < starts_on:
        raise BadPost("任职止不能早于任职起", field="ends_on")
    if not union.is_active:
        raise BadPost(f"“{union.name}”已停用", field="union")
    with act(actor, "appoint", at=at) as deed:
        User.objects.select_for_update().get(pk=user.pk)
        for held in overlapping(user, starts_on, ends_on):
            other = Role(held.role)
            if frozenset({other, role}) in INCOMPATIBLE:
                raise IncompatibleRoles(
                    f"{user.name}在“{held.union.name}”任{other.label}，同一时期不能再任{role.label}："
                    "录入与审批、审批与付款、管理与办理须由不同的人担任。请先结束原岗位或另选人员",
                    field="role",
                )
            if other == role and held.union_id == union.pk:
                raise BadPost(f"{user.name}在“{union.name}”已任{role.label}", field="role")
        post = Post(user=user, union=union, role=role, starts_on=starts_on, ends_on=ends_on)
        post.save()
        deed.record(post, after=_describe(post))
    return post


def end_post(actor: Actor, post: Post, *, ends_on: date, reason: str, at: datetime) -> Post:
    """Ends a post with a day (included). A post that has not begun ends on its first day at the earliest."""
    demand(actor, Role.ACCOUNT_ADMIN, union_path=post.union.path)
    if not reason.strip():
        raise BadPost("请填写结束岗位的原因", field="reason")
    with act(actor, "end_post", at=at, reason=reason.strip()) as deed:
        row = Post.objects.select_for_update(of=("self",)).select_related("user", "union").get(pk=post.pk)
        if row.ends_on is not None and row.ends_on <= ends_on:
            raise BadPost(f"该岗位已于 {row.ends_on:%Y-%m-%d} 结束", field="ends_on")
        if ends_on < row.starts_on:
            raise BadPost("任职止不能早于任职起", field="ends_on")
        before = _describe(row)
        row.ends_on = ends_on
        row.save(update_fields=["ends_on"])
        deed.record(row, before=before, after=_describe(row))
    return row
