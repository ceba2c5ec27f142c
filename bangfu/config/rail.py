"""The left rail of the desk: the rooms in order, and the posts that may enter each (empty: every post)."""

from bangfu.organizations.choices import Role

_CASES = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.AUDITOR)

RAIL = [
    {"label": "今天要办", "to": "home", "icon": "checklist", "roles": ()},
    {"label": "家庭", "to": "families:list", "icon": "users", "roles": _CASES},
    {"label": "办理", "to": "casework:list", "icon": "folders", "roles": _CASES},
    {"label": "政策", "to": "library:index", "icon": "book", "roles": ()},
    {"label": "地方标准", "to": "organizations:standards", "icon": "ruler", "roles": ()},
    {"label": "工作日历", "to": "organizations:calendar", "icon": "calendar", "roles": ()},
    {"label": "工会", "to": "organizations:unions", "icon": "sitemap", "roles": ()},
    {"label": "账号与岗位", "to": "organizations:accounts", "icon": "user-cog", "roles": (Role.ACCOUNT_ADMIN,)},
    {"label": "安全", "to": "organizations:security", "icon": "shield", "roles": (Role.SECURITY_ADMIN,)},
    {"label": "操作记录", "to": "organizations:log", "icon": "history", "roles": (Role.LOG_ADMIN, Role.AUDITOR)},
]
