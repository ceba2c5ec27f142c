"""How people's names and numbers look where the reader does not need them."""


def mask_name(name: str) -> str:
    """``张三`` → ``张*``, ``欧阳小明`` → ``欧***``. The length stays, so that two people remain two."""
    return name[:1] + "*" * (len(name) - 1)


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
