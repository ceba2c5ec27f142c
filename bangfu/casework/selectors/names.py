"""What codes of the packs are called."""

from bangfu.policy.errors import UnknownPolicy
from bangfu.policy.procedure import Step
from bangfu.policy.registry import get_pack

OUTCOMES = {"none": "不符合", "incomplete": "还不能判断"}


def category_title(policy: str, code: str) -> str:
    """The title of a category or outcome; the code itself where the pack does not know it."""
    if not code:
        return ""
    if code in OUTCOMES:
        return OUTCOMES[code]
    try:
        return str(get_pack(policy).category(code).title)
    except (KeyError, UnknownPolicy):
        return code


def step_of(policy: str, key: str) -> Step | None:
    """The step a route key (``report_up@17``) stands for; None for no step."""
    try:
        step: Step = get_pack(policy).procedure.step(key.partition("@")[0])
    except (KeyError, UnknownPolicy):
        return None
    return step


def step_title(policy: str, key: str) -> str:
    """The title of a step; empty for none."""
    step = step_of(policy, key)
    return step.title if step else ""
