"""Names of policy codes on findings."""

from django import template

from bangfu.casework.selectors.names import category_title
from bangfu.policy.errors import UnknownPolicy
from bangfu.policy.registry import get_pack
from bangfu.rechecks.choices import Kind
from bangfu.rechecks.models import Finding

register = template.Library()


@register.filter
def before_title(row: Finding) -> str:
    """The category that the file has."""
    return category_title(row.case_file.policy, row.before)


@register.filter
def after_title(row: Finding) -> str:
    """What the rules of the day say."""
    return category_title(row.policy, row.after) if row.policy else Kind.NO_POLICY.label


@register.filter
def provisional_title(row: Finding) -> str:
    """The first category met while earlier ones are open."""
    return category_title(row.policy, row.provisional)


@register.filter
def policy_title(row: Finding) -> str:
    """The title of the text."""
    try:
        return get_pack(row.policy).title
    except UnknownPolicy:
        return row.policy
