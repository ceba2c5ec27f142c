"""What codes of the packs are called."""

from bangfu.policy.errors import UnknownPolicy
from bangfu.policy.procedure import Step
from bangfu.policy.registry import eras

OUTCOMES = {"none": "不符合", "incomplete": "还不能判断"}


def category_title(policy: str, code: str) -> str:
    """The title of a category or outcome; the code itself where the pack does not know it."""
    if not code:
        return ""
    if code in OUTCOMES:
        return OUTCOMES[code]
    try:
        packs = reversed(eras(policy))
    except UnknownPolicy:
        return code
    titles = (category.title for pack in packs for category in pack.categories if category.code == code)
    return next(titles, code)


def step_of(policy: str, key: str) -> Step | None:
    """The step a route key (``report_up@17``) stands for; None for no step."""
    try:
        packs = reversed(eras(policy))
    except UnknownPolicy:
        return None
    code = key.partition("@")[0]
    return next((step for pack in packs for step in pack.procedure.steps if step.code == code), None)


def step_title(policy: str, key: str) -> str:
    """The title of a step; empty for none."""
    step = step_of(policy, key)
    return step.title if step else ""
