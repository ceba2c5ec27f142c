"""The verbs of the audit log in the reader's words."""

LABELS = {
    "add_union": "增设工会",
    "edit_union": "修改工会",
    "close_union": "停用工会",
    "move_union": "迁移工会",
    "open_account": "开立账号",
    "set_first_password": "设定初始密码",
    "reset_password": "重置密码",
    "change_password": "修改密码",
    "lock_account": "停用账号",
    "unlock_account": "恢复账号",
    "lift_lockout": "解除登录暂停",
    "begin_second_factor": "绑定动态口令",
    "give_second_factor": "通过动态口令",
    "forget_second_factor": "重置动态口令",
    "sign_in": "登录",
    "sign_in_refused": "登录未成功",
    "sign_out": "退出",
    "choose_post": "切换岗位",
    "appoint": "安排岗位",
    "end_post": "结束岗位",
    "propose_standard": "录入标准",
    "confirm_standard": "确认标准",
    "revoke_standard": "取消确认标准",
    "withdraw_standard": "撤回标准",
    "edit_calendar_day": "修改工作日历",
    "publish_calendar_year": "公布年度放假安排",
    "move_practice_clock": "调整练习日期",
    "reencrypt": "更换加密密钥",
}


def label(verb: str) -> str:
    """The verb in Chinese; verbs of other rooms that gave no words stand as they are."""
    return LABELS.get(verb, verb)
