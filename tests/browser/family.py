"""The family of the whole path, as a clerk has it on paper: three people, five incomes, four expenses, all of it invented.

王秀兰 sells in a shop in 和平区, 李国强 repairs bicycles with a limb disability of the second grade, 李晓雨 is at high school. They apply on
2020-10-15, so the six months are April to September 2020. What the rules make of it is worked out by hand in ``EXPECTED``.
"""

from dataclasses import dataclass, field
from datetime import date

from bangfu.demo.people import id_number

APPLIED = "2020-10-15"
MONTHS = ("2020-04", "2020-05", "2020-06", "2020-07", "2020-08", "2020-09")


@dataclass(frozen=True)
class Person:
    """One member: answers by the label of the field; what is neither in ``yes`` nor ``unsaid`` is answered with 否."""

    name: str
    relation: str
    number: str
    chosen: dict[str, str]
    yes: tuple[str, ...]
    texts: dict[str, str] = field(default_factory=dict)
    disability: tuple[str, str] = ("", "")


WANG = Person(
    "王秀兰",
    "本人",
    id_number(date(1976, 3, 18), 61, male=False),
    {"就业状况": "在职", "在学情况": "不在学"},
    ("共同生活", "同一户籍", "有劳动能力", "工会会员", "单位已建会", "签订劳动合同", "长期居住在城市", "户主"),
    {"劳动关系": "172", "工作单位或学校": "津华百货和平店"},
)
LI = Person(
    "李国强",
    "配偶",
    id_number(date(1974, 11, 2), 62, male=True),
    {"就业状况": "灵活就业", "在学情况": "不在学"},
    ("共同生活", "同一户籍", "有劳动能力", "患慢性病", "长期居住在城市"),
    {"劳动关系": "0"},
    ("肢体", "2 级"),
)
XIAOYU = Person(
    "李晓雨",
    "子女",
    id_number(date(2004, 6, 25), 63, male=False),
    {"就业状况": "学生", "在学情况": "高中"},
    ("共同生活", "同一户籍", "长期居住在城市"),
    {"劳动关系": "0"},
)
PEOPLE = (WANG, LI, XIAOYU)


@dataclass(frozen=True)
class Income:
    who: str
    kind: str
    basis: str
    amount: str
    months: tuple[str, ...] = MONTHS


INCOMES = (
    Income("王秀兰", "工资性收入", "劳动合同", "2800"),
    Income("王秀兰", "缴纳社会保险", "凭证核实", "420"),
    Income("李国强", "工资性收入", "灵活就业申报", "1200"),
    Income("李国强", "残疾人补贴", "凭证核实", "200"),
    Income("王秀兰", "其他社会救助款物", "凭证核实", "1000", ("2020-05",)),
)


@dataclass(frozen=True)
class Expense:
    who: str
    kind: str
    values: dict[str, str]


NOTHING_PAID = {"基本医保": "0", "大病保险": "0", "商业保险": "0", "互助保障": "0", "其他部门救助": "0"}
EXPENSES = (
    Expense(
        "王秀兰",
        "因病费用",
        {"单据总额": "30000", "月份": "2020-07", **NOTHING_PAID, "基本医保": "18000", "大病保险": "3000"}
        | {"医保内自付": "6000", "医保外自费": "3000", "票据号": "YL-070012"},
    ),
    Expense("李国强", "残疾长期照料", {"总额": "1800", "月份": "2020-08"}),
    Expense(
        "李晓雨",
        "因学费用",
        {"学费": "1200", "住宿费": "600", "必要长途路费": "0", "政府或社会资助": "500", "月份": "2020-09"},
    ),
    Expense(
        "王秀兰",
        "因病费用",
        {
            "单据总额": "900",
            "月份": "2020-03",
            **NOTHING_PAID,
            "医保内自付": "900",
            "医保外自费": "0",
            "票据号": "YL-030007",
        },
    ),
)

EXPECTED = {
    # 2800×6 − 420×6 + 2050×6 (the minimum wage stands for the declared 1200) + 200×6; the relief does not count
    "income": "27,780.00",
    # 30000−18000−3000, 1800, 1200+600−500; the bill of March lies before the six months
    "expense": "12,100.00",
    # (27780 − 12100) ÷ 3 ÷ 6
    "per_head": "871.11",
    "dibao": "1,010.00",
    "outcome": "深度困难",
}
