"""How people's names and numbers look where the reader does not need them."""


def mask_name(name: str) -> str:
    """``张三`` → ``张*``, ``欧阳小明`` → ``欧***``. The length stays, so that two people remain two."""
    return name[:1] + "*" * (len(name) - 1)


_TWO_SIGNS = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 夏侯 司徒 轩辕 端木 百里 南宫 呼延 独孤 拓跋 赫连 澹台 公冶 濮阳 淳于 申屠 鲜于 闻人"
COMPOUND = frozenset(_TWO_SIGNS.split())
"""Surnames of two signs."""


def mask_name_in_words(name: str) -> str:
    """``张三`` → ``张某``, ``张小三`` → ``张某某``, ``欧阳小明`` → ``欧阳某某``."""
    size = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return name[:size] + "某" * min(max(len(name) - size, 1), 2)


def mask_id(number: str) -> str:
    """First four and last four stay: ``1201**********1234``. Short texts are hidden whole."""
    return number[:4] + "*" * (len(number) - 8) + number[-4:] if len(number) > 10 else "*" * len(number)


def mask_phone(number: str) -> str:
    """``13800138000`` → ``138****8000``. Short numbers keep their last two digits."""
    return (
        number[:3] + "*" * (len(number) - 7) + number[-4:]
        if len(number) >= 10
        else "*" * max(len(number) - 2, 0) + number[-2:]
    )
