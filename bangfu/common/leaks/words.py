"""Words that name a person or her trouble: addresses, names, diseases, schools, amounts, numbers of files."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin

from bangfu.common.leaks.folding import LIGHT, PUNCTUATION, Folded, fold
from bangfu.common.leaks.kinds import Kind, Known
from bangfu.common.money import capital

_N = r"(?:\d{1,5}|[一二三四五六七八九十百零〇]{1,5}|[甲乙丙丁])"
_ADDRESS = re.compile(
    "|".join(
        (
            rf"[\u4e00-\u9fff](?:(?<![通楼频渠轨管跑报街高])道|(?<![公这那家哪厂位])里|(?<![道铁公一网思])路|街|巷|弄|胡同)(?:北|南|东|西)?[甲乙丙]?{_N}[-—之]?\d{{0,4}}(?:号|弄|#)",
            rf"[\u4e00-\u9fff](?:小区|花园|新村|公寓|家园|新苑|宿舍|家属院|大院|社区)(?:[东西南北]?[区院门]|第?{_N}[区期])?{_N}(?:号|栋|幢|座|#|-\d|排)",
            rf"{_N}(?:号楼|栋|幢|座|号院|#楼|楼栋)(?:[A-Za-z东西南北])?{_N}(?:单元|门|梯|层|楼)[-—,，]?{_N}(?:室|号|户)?",
            rf"{_N}(?:号楼|栋|幢|座)[-—,，]?\d{{3,4}}(?:室|户|号)?(?!\d)",
            rf"{_N}(?:单元|门洞)[-—,，]?{_N}(?:室|号|户|层|楼)?",
            r"(?:小区|花园|新村|公寓|家园|苑|里|[楼栋幢])\d{1,3}[-—]\d{1,2}[-—]\d{2,4}",
            rf"[\u4e00-\u9fff](?<!农)(?:村|屯|庄|寨|自然村)(?:第)?{_N}(?:组|社|队|小组|村民小组|号)",
            rf"[\u4e00-\u9fff](?:村|乡|镇)[\u4e00-\u9fff]{{1,6}}(?<!工会小)(?<!党)组{_N}号",
            rf"门牌号?[:：]?{_N}",
        )
    )
)
_DISEASES = [
    "癌",
    "白血病",
    "恶性肿瘤",
    "肿瘤",
    "淋巴瘤",
    "骨髓瘤",
    "脑瘤",
    "尿毒症",
    "肾衰竭",
    "肾功能衰竭",
    "肾病综合征",
    "肾病综合症",
    "糖尿病",
    "高血压",
    "冠心病",
    "心肌梗",
    "心力衰竭",
    "心衰",
    "脑梗",
    "脑出血",
    "脑溢血",
    "脑卒中",
    "脑瘫",
    "中风",
    "偏瘫",
    "瘫痪",
    "截肢",
    "植物人",
    "精神分裂",
    "精神病",
    "精神残疾",
    "抑郁症",
    "抑郁",
    "双相情感",
    "躁狂",
    "焦虑症",
    "自闭症",
    "孤独症",
    "智力障碍",
    "智力残疾",
    "唐氏综合",
    "阿尔茨海默",
    "老年痴呆",
    "帕金森",
    "癫痫",
    "艾滋病",
    "艾滋",
    "梅毒",
    "乙肝",
    "丙肝",
    "肝炎",
    "肝硬化",
    "肝腹水",
    "肺结核",
    "结核病",
    "尘肺",
    "矽肺",
    "硅肺",
    "慢阻肺",
    "肺气肿",
    "哮喘",
    "肺炎",
    "红斑狼疮",
    "类风湿",
    "强直性脊柱炎",
    "股骨头坏死",
    "椎间盘突出",
    "痛风",
    "血友病",
    "再生障碍性贫血",
    "再障",
    "地中海贫血",
    "先天性心脏病",
    "先心病",
    "甲亢",
    "甲状腺",
    "渐冻",
    "重症肌无力",
    "肌萎缩",
    "多发性硬化",
    "血管瘤",
    "动脉瘤",
    "胰腺炎",
    "克罗恩",
    "溃疡性结肠炎",
    "系统性硬化",
    "透析",
    "化疗",
    "放疗",
    "骨髓移植",
    "肾移植",
    "肝移植",
    "器官移植",
    "造瘘",
    "确诊为",
    "诊断为",
    "临床诊断",
    "病理诊断",
    "流产",
    "不孕",
    "失明",
    "失聪",
    "聋哑",
]
_LATIN_DISEASES = re.compile(
    r"(?<![a-z])(?:leuk(?:a)?emia|cancer|carcinoma|tumou?r|ur(?:a)?emia|diabetes|hypertension|hiv|aids|schizophrenia|depression|"
    r"epilepsy|cirrhosis|tuberculosis|hepatitis|lymphoma|baixuebing|niaoduzheng|tangniaobing|aizheng|ganyan)(?![a-z])",
    re.IGNORECASE,
)
_ICD = re.compile(
    r"(?:ICD(?:-?10)?|诊断|疾病编码)[^A-Za-z\n]{0,6}[A-TV-Z]\d\d(?:\.[0-9x]{1,4})?(?![A-Za-z0-9])", re.IGNORECASE
)
_CARE = r"(?!(?:病|专科|防治|中心)*(?:医院|医学|研究|防治院|防治所|防治中心|协会|学会|基金会|卫生中心))"
_DISEASE = re.compile("(?:" + "|".join(sorted(_DISEASES, key=len, reverse=True)) + ")" + _CARE, re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?<![\d.,A-Za-z])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+(?=\s*[万千])|\.\d{1,2})?\s*([万千]?)\s*(元|块|¥)?"
)
_NOT_MONEY = re.compile(
    r"\s*(?:人|户|年|月|日|号|件|%|米|平方|份|名|个|次|字|页|条|家|期|届|楼|层|岁|天|小时|:|/|-\d|〔|\]|\))"
)
_SAYS_INCOME = re.compile(
    r"(?:月工资|月收入|年收入|家庭收入|家庭总收入|家庭月收入|家庭年收入|人均收入|人均月收入|人均年收入|工资收入|实发工资|应发工资|退休金|养老金|存款|"
    r"欠款|负债|医疗费|自付|自费|年薪|月薪)(?:余额|总额|合计|共计|约|为|是|达|每月|每年|人民币|[:：,，\s¥￥]){0,4}"
    r"(\d[\d,]*(?:\.\d+)?)\s*([万千]?)\s*(?:元|块)?"
)
_STAFF_NUMBER = re.compile(
    r"(?:工号|员工编号|职工编号|档案号|档案编号|受理编号|会员证号|低保证号|残疾证号|病案号|住院号|门诊号|学号)[:：为是\s]{0,3}[A-Za-z0-9][A-Za-z0-9\-]{2,}"
)
_BIRTH = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-年./]?\s*(\d{1,2})\s*[-月./]?\s*(\d{1,2})\s*日?(?!\d)")
_NAME_MASKS = "*某×●○xX□"


def find(source: Folded, known: Known) -> Iterator[tuple[Kind, int]]:
    """Kinds with their place in the source text."""
    tight, light, bare = source.without(""), source.without(LIGHT), source.without(PUNCTUATION)
    passed = _passed(known.allowed_texts)
    yield from _addresses(tight, bare, known, _passed(known.allowed_texts | known.allowed_places))
    yield from _names(tight, light, bare, known, passed)
    for kind, values in ((Kind.SCHOOL, known.schools), (Kind.DIAGNOSIS, known.diagnoses)):
        for value in values:
            wanted = _bare(value)
            for place in _places(bare.text, wanted) if len(wanted) >= (4 if kind is Kind.SCHOOL else 2) else ():
                named = kind is Kind.SCHOOL or re.match(_CARE, bare.text[place + len(wanted) :]) is not None
                if named and not passed.covers(bare, place, len(wanted)):
                    yield kind, bare.origin[place]
    yield from _diseases(source, bare, light, passed)
    yield from _file_numbers(tight, bare, known)
    yield from _births(source, known)
    yield from amounts(source, known)


def amounts(source: Folded, known: Known, *, cell: bool = False) -> Iterator[tuple[Kind, int]]:
    """Money of the family: its exact figures as they are written in papers, and figures that say of themselves that they are an income."""
    text = source.text
    for found in _AMOUNT.finditer(text):
        fen = _fen(found.group(1), found.group(2) or "", found.group(3))
        if fen is None or fen < 10000 or fen not in known.amounts or fen in known.allowed_amounts:
            continue
        sure = bool(found.group(4) or found.group(3) or found.group(2) or "," in found.group(1) or cell)
        before = text[max(found.start() - 6, 0) : found.start()]
        sure = sure or bool(re.search(r"[¥￥$]\s*$|收入|工资|金额|合计|人均|存款", before))
        year = len(found.group(1)) == 4 and found.group(1)[:2] in ("19", "20")
        if sure or (
            not year and fen >= 100000 and not _NOT_MONEY.match(text, found.end()) and before[-1:] not in "-/〔第.GHN"
        ):
            yield Kind.MONEY, source.origin[found.start()]
    for found in _SAYS_INCOME.finditer(source.text):
        fen = _fen(*_parted(found.group(1)), found.group(2))
        if fen and fen >= 1000 and fen not in known.allowed_amounts:
            yield Kind.MONEY, source.origin[found.start(1)]
    if not _SPOKEN.search(text):
        return
    bare = source.without(PUNCTUATION)
    for fen in known.amounts - known.allowed_amounts:
        for words in _in_words(fen) if fen >= 10000 else ():
            place = bare.text.find(words)
            if place >= 0:
                yield Kind.MONEY, bare.origin[place]


_SPOKEN = re.compile("[百千万佰仟萬]")


@lru_cache(maxsize=512)
def _in_words(fen: int) -> tuple[str, ...]:
    return tuple(words for words in {_stem(capital(fen)), *_spoken(fen // 100)} if len(words) >= 4)


def _parted(number: str) -> tuple[str, str]:
    whole, dot, rest = number.partition(".")
    return whole, dot + rest


def _fen(whole: str, rest: str, scale: str) -> int | None:
    """分 of ``2,800`` + ``.50``, or of ``0.28`` 万."""
    digits = whole.replace(",", "")
    if len(digits) > 12:
        return None
    power = {"万": 6, "千": 5, "": 2}[scale]
    part = rest.lstrip(".")
    if len(part) > power:
        return None
    return int(digits + part.ljust(power, "0"))


def _stem(words: str) -> str:
    return words.removesuffix("整").removesuffix("零分").replace("人民币", "")


def _spoken(yuan: int) -> Iterable[str]:
    """``两千八百元`` and ``二千八百元``."""
    digits, units = "零一二三四五六七八九", ("", "十", "百", "千", "万", "十万", "百万", "千万")
    if not 100 <= yuan < 10**8:
        return ()
    out, gap, text = "", False, str(yuan)
    low, high = yuan % 10000, yuan // 10000
    if high:
        out = "".join(_section(high, digits, units)) + "万"
        gap = 0 < low < 1000
    out += ("零" if gap else "") + "".join(_section(low, digits, units))
    del text
    return (out + "元", out.replace("二千", "两千").replace("二万", "两万") + "元", out + "块")


def _section(number: int, digits: str, units: tuple[str, ...]) -> list[str]:
    parts: list[str] = []
    zero = False
    for place, sign in enumerate(str(number)):
        unit = units[len(str(number)) - 1 - place]
        if sign == "0":
            zero = True
        else:
            parts.append(("零" if zero and parts else "") + digits[int(sign)] + unit)
            zero = False
    return parts


@lru_cache(maxsize=512)
def _bare(text: str) -> str:
    return fold(text).without(PUNCTUATION).text.casefold()


def _places(text: str, wanted: str) -> Iterator[int]:
    place = text.casefold().find(wanted) if wanted else -1
    if place >= 0:
        yield place


@lru_cache(maxsize=64)
def _passed(texts: frozenset[str]) -> "_Passed":
    return _Passed(texts)


class _Passed:
    """Texts that may stand in the paper: a finding that lies wholly inside one of them is none."""

    def __init__(self, texts: frozenset[str]) -> None:
        self.texts = [_bare(one) for one in texts if one]

    def covers(self, bare: Folded, place: int, size: int) -> bool:
        text = bare.text.casefold()
        for one in self.texts:
            at = text.find(one)
            while at >= 0 and one:
                if at <= place and place + size <= at + len(one):
                    return True
                at = text.find(one, at + 1)
        return False

    def covers_source(self, bare: Folded, first: int, last: int) -> bool:
        """The same for a span of the source."""
        inside = [number for number, at in enumerate(bare.origin) if first <= at <= last]
        return bool(inside) and self.covers(bare, inside[0], len(inside))


def _addresses(tight: Folded, bare: Folded, known: Known, passed: _Passed) -> Iterator[tuple[Kind, int]]:
    for value in known.addresses:
        for wanted in _parts_of_address(value):
            for place in _places(bare.text, wanted):
                yield Kind.ADDRESS, bare.origin[place]
    for found in _ADDRESS.finditer(tight.text):
        first, last = tight.origin[found.start()], tight.origin[found.end() - 1]
        if not passed.covers_source(bare, first, last):
            yield Kind.ADDRESS, first


def _parts_of_address(value: str) -> list[str]:
    """The whole address, and what is left of it without province, city and district where that still names a door."""
    whole = _bare(value)
    parts = [whole] if len(whole) >= 5 else []
    short = re.sub(r"^.*?(?:[省市州盟])?.*?(?:区|县|旗|市)", "", whole)
    if len(short) >= 4 and re.search(r"[\d一二三四五六七八九十]", short):
        parts.append(short)
    return parts


def _names(tight: Folded, light: Folded, bare: Folded, known: Known, passed: _Passed) -> Iterator[tuple[Kind, int]]:
    latin = re.sub(r"[^a-z]", "", tight.text.casefold()) if known.names else ""
    for name in known.names:
        wanted = _bare(name)
        if len(wanted) < 2:
            continue
        where = bare if len(wanted) > 2 else light
        for place in _places(where.text, wanted):
            if where is not bare or not passed.covers(bare, place, len(wanted)):
                yield Kind.NAME, where.origin[place]
        if len(wanted) >= 3:
            found = _half_masked(wanted).search(tight.text)
            if found:
                yield Kind.NAME, tight.origin[found.start()]
        spelt = _spelling(name)
        if len(spelt) >= 6 and spelt in latin:
            yield (
                Kind.NAME,
                next(
                    at for at, sign in zip(tight.origin, tight.text, strict=True) if sign.isascii() and sign.isalpha()
                ),
            )


@lru_cache(maxsize=256)
def _spelling(name: str) -> str:
    return "".join(lazy_pinyin(name)).casefold() if re.fullmatch(r"[\u4e00-\u9fff]+", name) else ""


@lru_cache(maxsize=256)
def _half_masked(name: str) -> re.Pattern[str]:
    """A name of three signs or more of which one is hidden still names the person."""
    ways = []
    for place in range(1, len(name)):
        signs = [re.escape(sign) for sign in name]
        signs[place] = f"[{re.escape(_NAME_MASKS)}]"
        ways.append("".join(signs))
    return re.compile("|".join(ways), re.IGNORECASE)


def _diseases(source: Folded, bare: Folded, light: Folded, passed: _Passed) -> Iterator[tuple[Kind, int]]:
    for found in _DISEASE.finditer(light.text):
        yield Kind.DIAGNOSIS, light.origin[found.start()]
    for found in _DISEASE.finditer(bare.text):
        # over a full stop two words may meet by chance; one of three signs or more does not
        if len(found.group()) >= 3 and not passed.covers(bare, found.start(), len(found.group())):
            yield Kind.DIAGNOSIS, bare.origin[found.start()]
    for pattern in (_LATIN_DISEASES, _ICD):
        for found in pattern.finditer(source.text):
            yield Kind.DIAGNOSIS, source.origin[found.start()]


def _file_numbers(tight: Folded, bare: Folded, known: Known) -> Iterator[tuple[Kind, int]]:
    for value in known.file_numbers:
        wanted = _bare(value)
        for place in _places(bare.text, wanted) if len(wanted) >= 4 else ():
            yield Kind.FILE_NUMBER, bare.origin[place]
    for found in _STAFF_NUMBER.finditer(tight.text):
        yield Kind.FILE_NUMBER, tight.origin[found.start()]


def _births(source: Folded, known: Known) -> Iterator[tuple[Kind, int]]:
    if not known.births:
        return
    days = set(known.births)
    for found in _BIRTH.finditer(source.text):
        year, month, day = found.groups()
        if f"{year}-{int(month):02d}-{int(day):02d}" in days:
            yield Kind.BIRTH, source.origin[found.start()]
