"""What the verbs of the organizations room refuse."""

from bangfu.common.errors import Refused


class NotAllowed(Refused):
    """The actor's post does not give her this verb, or not for this union."""


class IncompatibleRoles(Refused):
    """One person would hold two roles at once that exclude each other."""


class BadAccount(Refused):
    """Login name, name or password does not meet the rules; or the account is in the wrong state."""


class BadPost(Refused):
    """The period or the union of a post is wrong."""


class BadStandard(Refused):
    """A local figure is malformed, stands already, or is confirmed by the person who entered it."""


class BadUnion(Refused):
    """A union cannot stand there, or cannot be closed or moved."""


class BadCalendar(Refused):
    """A calendar entry is wrong."""


class SignInRefused(Refused):
    """Name and password do not fit, or the code of the second factor does not."""
