"""What may go out: notices as they are, lists, standards, clauses, telephones of unions, addresses of offices. None is to be held back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from bangfu.common.leaks import Known
from tests.common.leaks import makers
from tests.common.leaks.family import HOTLINE, KNOWN


@dataclass(frozen=True)
class Clean:
    name: str
    data: bytes
    known: Known = KNOWN
    file: str = ""


NAMES = ("张*", "刘**", "欧阳*", "陈某某", "赵某", "孙志远", "周丽华", "吴**", "司马某某", "阿依***")
EMPLOYERS = (
    "津华百货和平店", "天津市肿瘤医院", "中铁十八局集团第五工程有限公司", "国网天津市电力公司城东供电分公司", "天津一汽丰田汽车有限公司第三工厂", "和平区劝业场街道办事处",
    "天津港第二港埠有限公司", "第二〇三研究所", "天津市第一中心医院", "糖尿病医院后勤处", "河西区环卫局第三清扫队", "津工通物流有限公司2号库", "沐川县永福镇中心小学", "泰安市公交集团28路车队",
    "360安全科技有限公司天津分公司", "天津市结核病防治院", "百货大楼三层超市", "滨海新区塘沽街道12号岗亭保洁班",
)  # fmt: skip
CAUSES = ("因病", "因残", "因子女上学", "单亲", "失业下岗", "意外", "灾害", "企业关停并转", "其他")
PLACES = (
    "一楼员工通道公告栏",
    "办公楼2楼大厅",
    "3号楼门厅",
    "职工食堂东侧公开栏",
    "厂区2号门宣传栏",
    "工会办公室302室门口",
    "第四车间更衣室外",
)
PHONES = ("022-27314851", "0833-4602351", "0538-8991351", "12351", "022-12351", "400-650-1234")
SENTENCES = (
    "城市低保标准每人每月 1,010.00 元，自 2020 年 7 月 1 日起执行。", "月最低工资标准由 2,050 元调整为 2,180 元。", "根据津工发〔2020〕13号、总工办发〔2020〕25号文件。",
    "公示期 5 个工作日：2020-10-16 至 2020-10-23，节假日顺延。", "如有异议，请在 2020年10月23日 17:30 前拨打 022-27314851 反映。", "本次共公示 3 户，编号 G2020000017、G2020000018、G2020000019。",
    "深度困难职工家庭人均收入低于当地低保标准。", "受理地点：天津市和平区总工会（南京路 189 号），周一至周五 8:30—17:30。", "职工服务热线 12351，网址 www.example.org.cn。",
    "按《办法》第四条第一款第（二）项、第十二条第3款办理。", "会议室在三楼 302，请带好工作证。", "2019-12-31、2020-06-30、2020-12-31 三次核查。", "统一社会信用代码 91120101MA05XK3N2T。",
    "印发日期 2020.10.15，共印 120 份。", "困难类别：深度困难、相对困难、意外致困。", "重大疾病、慢性病按医保目录认定，公示只写“因病”。", "第 3 期（总第 128 期），2020 年第 4 季度。",
    "大病保险、互助保障不计入收入。", "食堂今日供应 11:30-13:00，加班餐 18:00-19:30。", "版本 1.20.3，校验值 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08。",
    "邮政编码 300041，传真 022-27314851。", "票据号 No.00451278 已作废。", "15:30 2020-10-16 张贴，16:00 拍照。", "名额 13 个，经费 150000 元，人均 11538 元。",
    "身高、血型等信息不公示；证件号码不公示。", "人均住房面积 15.6 平方米，1997 年至 2005 年建成。", "1.2020年10月16日 2.2020年10月19日 3.2020年10月20日", "咨询人数 1380 人次，同比增长 12.5%。",
    "铁路家属院改造不影响公示。", "参保人数 1,380,013 人。", "工会主席接待日：每月 5 日、15 日、25 日。", "总工会大楼 12 层。",
)  # fmt: skip


def all_of_them() -> Iterator[Clean]:
    chance = Random(20201016)
    known = replace(
        KNOWN, allowed_phones=KNOWN.allowed_phones | set(PHONES), allowed_texts=KNOWN.allowed_texts | set(PLACES)
    )
    for number in range(60):
        name, employer, cause = chance.choice(NAMES), EMPLOYERS[number % len(EMPLOYERS)], CAUSES[number % len(CAUSES)]
        phone, place = chance.choice(PHONES), chance.choice(PLACES)
        start, end = f"2020年{number % 12 + 1}月{number % 20 + 1}日", f"2020年{number % 12 + 1}月{number % 20 + 8}日"
        change = {"name": name, "employer": employer, "main_cause": cause, "hotline": phone, "place": f"职工所在单位：{place}",
                  "number": f"G2020{number:06d}", "start": start, "end": end}  # fmt: skip
        if number % 2 == 0:
            yield Clean(f"notice {number}", makers.pdf(change), known, f"公示_G2020{number:06d}.pdf")
        yield Clean(
            f"notice page {number}",
            makers.page(f"<p>{name} {employer} {cause} {start}至{end} {phone}</p><p>{place}</p>"),
            known,
        )
        rows = [
            [chance.choice(NAMES), chance.choice(EMPLOYERS), chance.choice(CAUSES), start, end, 44120 + number, phone]
            for _ in range(number % 7 + 1)
        ]
        yield Clean(f"list {number}", makers.excel(rows=rows), known, f"公示名单_{number}.xlsx")
    for number, sentence in enumerate(SENTENCES):
        yield Clean(f"text {number}", makers.text(sentence), known)
        yield Clean(f"page {number}", makers.page(f"<p>{sentence}</p>"), known)
    for number in range(0, len(SENTENCES), 3):
        yield Clean(f"word {number}", makers.word(paragraphs=SENTENCES[number : number + 3]), known, "公示.docx")
    yield Clean("photo", makers.jpeg())
    yield Clean("drawn picture", makers.png({"Software": "bangfu"}))
    yield Clean(
        "table of dates",
        makers.text(
            "\n".join(
                f"2020-{month:02d}-{day:02d}\t2021-{month:02d}-{day:02d}\t{HOTLINE}"
                for month in range(1, 13)
                for day in (5, 11, 23)
            )
        ),
        known,
    )
