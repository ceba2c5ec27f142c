"""What the frame shows: the rooms of the left rail in order, with the posts that may enter each (empty: every post)."""

from bangfu.organizations.choices import Role

_CASES = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.AUDITOR)
_WATCHERS = tuple(role for role in _CASES if role != Role.CLERK)
_KEEPERS = (Role.AID_CENTER, Role.LEADER)
_OTHERS = tuple(role for role in Role if role not in {Role.CLERK, Role.REVIEWER})
# everybody may open standards, calendar and unions by address; on a phone the rail has room for those who work with them

RAIL = [
    {"label": "今天要办", "to": "home", "icon": "work", "roles": ()},
    {"label": "家庭", "to": "families:list", "icon": "family", "roles": _CASES},
    {"label": "办理", "to": "casework:list", "icon": "case", "roles": _CASES},
    {"label": "公示", "to": "casework:notices", "icon": "notice", "roles": _CASES},
    {"label": "档案", "to": "casework:files", "icon": "files", "roles": _CASES},
    {"label": "复测", "to": "rechecks:index", "icon": "refresh", "roles": _WATCHERS},
    {"label": "政策沙盘", "to": "sandbox:index", "icon": "calc", "roles": _WATCHERS},
    {"label": "政策", "to": "library:index", "icon": "policy", "roles": ()},
    {"label": "地方标准", "to": "organizations:standards", "icon": "standards", "roles": _KEEPERS},
    {"label": "工作日历", "to": "organizations:calendar", "icon": "calendar", "roles": _KEEPERS},
    {"label": "工会", "to": "organizations:unions", "icon": "tree", "roles": _OTHERS},
    {"label": "账号与岗位", "to": "organizations:accounts", "icon": "users", "roles": (Role.ACCOUNT_ADMIN,)},
    {"label": "安全", "to": "organizations:security", "icon": "shield", "roles": (Role.SECURITY_ADMIN,)},
    {"label": "操作记录", "to": "organizations:log", "icon": "log", "roles": (Role.LOG_ADMIN, Role.AUDITOR)},
]
