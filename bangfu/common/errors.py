"""What a service says when it does not do what was asked."""


class Refused(Exception):
    """A verb refuses. ``message`` is Chinese, names what is wrong and what helps; ``field`` is the form field it belongs to, if one."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message
