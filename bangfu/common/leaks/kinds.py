"""What the scanner can find, what it knows of a family, and how it says where it found something without saying what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """A kind of finding: its Chinese name and what helps."""

    ID_NUMBER = ("身份证件号码", "请删去号码；公示不写证件号码，遮住几位也不写")
    BANK_CARD = ("银行卡号", "请删去卡号")
    PHONE = ("个人电话", "请只保留工会的监督电话")
    ADDRESS = ("住址", "请删去门牌、楼栋、房号或村组；张贴地点写单位里的位置")
    NAME = ("家属姓名或未遮住的本人姓名", "请删去家属姓名；本人姓名按选定的写法")
    BIRTH = ("出生日期", "请删去出生日期")
    SCHOOL = ("家属的单位或学校", "请删去家属的单位、学校")
    DIAGNOSIS = ("疾病或诊断", "请只写致困原因的类别，如“因病”")
    FILE_NUMBER = ("内部编号", "请只用公示编号")
    MONEY = ("家庭的收入或财产金额", "请删去金额")
    PLACE_DATA = ("照片里的拍摄位置", "请用系统上传照片，或先清除照片信息")
    PREVIEW = ("照片里藏着的小图", "请用系统上传照片，或先清除照片信息")
    PICTURE = ("文件里的图片，无法逐字检查", "请去掉图片，改用文字")
    UNREADABLE = ("无法检查的内容", "请用系统生成的公示，不要用加密、带宏或其他格式的文件")

    @property
    def title(self) -> str:
        return self.value[0]

    @property
    def remedy(self) -> str:
        return self.value[1]


@dataclass(frozen=True, order=True)
class Hit:
    """One finding: where (page, cell, field) and what kind. The value itself is kept nowhere."""

    where: str
    kind: Kind = field(compare=False)

    def __str__(self) -> str:
        return f"{self.where}：{self.kind.title}"


@dataclass(frozen=True, repr=False)
class Known:
    """What must not appear, and what may. Values are plain text and never leave the scanner: not into logs, messages or ``repr``.

    ``names`` are those of the other members (and of the worker where the name is masked), ``amounts`` 分. ``allowed_*`` is what the paper is
    to show: the union's telephone, names of unions and public offices, figures of the standards; the place of the board (``allowed_places``)
    may name a door, but no person and no illness.
    """

    id_numbers: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    births: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()
    diagnoses: frozenset[str] = frozenset()
    file_numbers: frozenset[str] = frozenset()
    amounts: frozenset[int] = frozenset()
    allowed_phones: frozenset[str] = frozenset()
    allowed_texts: frozenset[str] = frozenset()
    allowed_places: frozenset[str] = frozenset()
    allowed_amounts: frozenset[int] = frozenset()

    def __repr__(self) -> str:
        return "Known(…)"

    def together(self, others: Iterable["Known"]) -> "Known":
        """What several families must not show, on one paper; what one may show they all may."""
        made = self
        for other in others:
            made = Known(**{name: getattr(made, name) | getattr(other, name) for name in self.__dataclass_fields__})
        return made


NOTHING_KNOWN = Known()
