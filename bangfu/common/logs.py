"""Keeps personal data out of logs: runs of digits that may be ID, card or phone numbers are cut from every message."""

import logging
import re

LONG_NUMBER = re.compile(r"(?<!\d)(\d{6})\d{4,11}(\d?[\dXx])(?!\d)")


_PLAIN = logging.Formatter()
_ROW = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)
"""What PostgreSQL adds to an error: the row itself."""


def masked(text: str) -> str:
    """The text without long numbers, without the rows that a database quotes."""
    return LONG_NUMBER.sub("******", _ROW.sub(r"\1: ******", text))


class NoPersonalData(logging.Filter):
    """Masks long numbers in the rendered message; the arguments are dropped so that no handler renders them again."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = masked(record.getMessage())
        record.args = ()
        if record.exc_info:
            # handlers print this text instead of making their own of the exception
            record.exc_text = masked(_PLAIN.formatException(record.exc_info))
        elif record.exc_text:
            record.exc_text = masked(record.exc_text)
        return True
