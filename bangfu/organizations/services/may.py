"""Whether the actor's post gives her a verb. Services ask it again although views asked before: a service may have other callers."""

from bangfu.common.acts import SYSTEM, Actor
from bangfu.organizations.choices import Role
from bangfu.organizations.errors import NotAllowed


def demand(actor: Actor, *allowed: Role, union_path: str | None = None) -> None:
    """Raises ``NotAllowed`` unless the actor's role is among ``allowed`` and ``union_path`` lies at or below her union.

    ``SYSTEM`` (installation, practice data) may do everything.
    """
    if actor == SYSTEM:
        return
    if actor.role not in allowed:
        raise NotAllowed(f"此操作由{'、'.join(role.label for role in allowed)}办理，请联系本会相应人员")
    if union_path is not None and not (actor.union_path and union_path.startswith(actor.union_path)):
        raise NotAllowed(f"只能办理“{actor.union_name}”及其下级工会的事项")
