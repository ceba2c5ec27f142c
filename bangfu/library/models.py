"""What the library keeps: the official files of the texts."""

from django.db import models

from bangfu.common.acts import Guarded, GuardedQuerySet
from bangfu.organizations.models import User
from bangfu.policy import texts


class OfficialFile(Guarded):
    """The official file of a text as an administrator uploaded it. The law belongs to no union: every signed-in person may read it."""

    text = models.CharField("文本", max_length=20, db_index=True, help_text="政策文本的代码，如 FUND20")
    number = models.CharField("文号", max_length=80)
    original_name = models.CharField("原文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField("内容")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间")

    objects = GuardedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "政策正式文件"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["text", "sha256"], name="one_official_file_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.original_name}"

    @property
    def is_source(self) -> bool | None:
        """Whether it is, byte for byte, the file the rows were read from; None where that file's hash is not known."""
        known = texts.get_text(self.text).source_sha256
        return None if known is None else known == self.sha256
