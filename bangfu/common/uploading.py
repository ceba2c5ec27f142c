"""How much a request may bring, whoever sends it: a body is read before anybody knows who she is."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

FILES_AT_ONCE = 6


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keeps uploads in temporary files and stops a request that brings more than ``FILES_AT_ONCE`` files of the largest size.

    One file over the limit still arrives, so that its page can say what helps.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.taken = 0

    @property
    def bound(self) -> int:
        return int(settings.BANGFU_UPLOAD_BYTES) * FILES_AT_ONCE

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > self.bound + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("more than this installation takes in one request")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.taken += len(raw_data)
        if self.taken > self.bound:
            raise RequestDataTooBig("more than this installation takes in one request")
        super().receive_data_chunk(raw_data, start)
