"""Keeps personal data out of logs: runs of digits that may be ID, card or phone numbers are cut from every message."""

import logging
import re

LONG_NUMBER = re.compile(r"(?<!\d)(\d{6})\d{4,11}(\d?[\dXx])(?!\d)")


class NoPersonalData(logging.Filter):
    """Masks long numbers in the rendered message; the arguments are dropped so that no handler renders them again."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = LONG_NUMBER.sub("******", record.getMessage())
        record.args = ()
        return True
