"""The facts a person can type, in one table: label, kind of input, step of the wizard, path in the facts document.

The wizard, the check page, the links from "what is missing" and the comparison of two facts documents all read it.
"""

from dataclasses import dataclass, field
from typing import Any

from bangfu.families import choices

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Spec:
    """One input. ``kind``: text, phone, address, date, money, yesno, choice, count, area, region, id, many, disabilities, vehicles."""

    name: str
    label: str
    kind: str
    path: str = ""
    group: str = ""
    unit: str = ""
    help: str = ""
    options: Options = field(default_factory=list)
    width: str = ""


STEPS: list[tuple[str, str]] = [
    ("basic", "基本"), ("members", "成员"), ("incomes", "收入"), ("expenses", "支出"), ("property", "住房与财产"),
    ("causes", "致困与意外"), ("findings", "核实情况"), ("evidence", "材料"), ("review", "核对"),
]  # fmt: skip
STEP_LABELS = dict(STEPS)


def _options(of: Any) -> Options:
    return [(str(value), str(label)) for value, label in of.choices]


HOUSEHOLD: dict[str, list[Spec]] = {
    "basic": [
        Spec("application_date", "申请日期", "date", "application_date", help="核算期为申请月份之前的整月", width="sm"),
        Spec("employer", "工作单位", "text"),
        Spec("work_region", "工作地", "region", "work_region", help="6 位行政区划代码，可输入地名选择"),
        Spec("huji_region", "户籍地", "region", "huji_region", help="按户口本；非津户籍按户籍地标准核算"),
        Spec("phone", "联系电话", "phone", width="sm"),
        Spec("address", "家庭住址", "address"),
    ],
    "property": [
        Spec("owned_homes", "自有住房", "count", "housing.owned_homes", "住房", "套", width="xs"),
        Spec("owned_area_m2", "自有住房面积合计", "area", "housing.owned_area_m2", "住房", "m²", width="xs"),
        Spec("renting", "是否租房", "yesno", "housing.renting", "住房"),
        Spec("rented_area_m2", "租住面积", "area", "housing.rented_area_m2", "住房", "m²", width="xs"),
        Spec("rent_within_market", "租金在当地市场价范围内", "yesno", "housing.rent_within_market", "住房"),
        Spec("vehicles", "机动车", "vehicles", "vehicles", "机动车"),
        Spec("savings", "家庭存款合计", "money", "savings", "存款与投资", "元", width="sm"),
        Spec("investments_net", "投资净值", "money", "investments_net", "存款与投资", "元", width="sm"),
    ],
    "causes": [
        Spec("causes", "致困原因", "many", "causes", "致困原因", options=_options(choices.Cause)),
        Spec("needs", "帮扶需求", "many", "", "帮扶需求", options=_options(choices.Need)),
        Spec(
            "government_cover", "政府救助情况", "choice", "", "帮扶需求",
            options=[("none", "未覆盖"), ("insufficient", "已覆盖仍有困难")], width="sm",
        ),
        Spec("has_incident", "是否发生意外或突发事件", "yesno", "incident", "意外"),
        Spec("incident_kind", "意外类型", "choice", "incident.kind", "意外", options=_options(choices.IncidentKind), width="sm"),
        Spec("incident_date", "发生日期", "date", "incident.date", "意外", width="sm"),
        Spec(
            "injury_grade", "致残等级", "choice", "incident.injury_grade", "意外",
            options=[("0", "无"), *((str(n), f"{n} 级") for n in range(1, 11))], width="xs",
        ),
        Spec("hospitalised", "住院", "yesno", "incident.hospitalised", "意外"),
        Spec("infected", "染病", "yesno", "incident.infected", "意外"),
        Spec("death", "牺牲或死亡", "yesno", "incident.death", "意外"),
        Spec(
            "loss", "住房和生活必需品损失", "money", "incident.loss", "意外", "元",
            "只填没有记入支出的损失；医药费等请记在“支出”并勾选“意外所致”", width="sm",
        ),
    ],
    "findings": [
        Spec("controlling_shareholder", "本人或家庭成员是公司控股股东或实际控制人", "yesno", "conduct.controlling_shareholder", "排除情形"),
        Spec("owns_shop", "拥有商业店铺", "yesno", "conduct.owns_shop", "排除情形"),
        Spec("employs_others", "雇佣他人从事经营活动", "yesno", "conduct.employs_others", "排除情形"),
        Spec("private_or_abroad_school", "子女就读高收费私立学校或自费留学", "yesno", "conduct.private_or_abroad_school", "排除情形"),
        Spec("refused_verification", "拒绝配合核查，收入无法核实", "yesno", "conduct.refused_verification", "排除情形"),
        Spec("concealed_facts", "隐瞒收入、人口变动或提供虚假材料", "yesno", "conduct.concealed_facts", "排除情形"),
        Spec("refused_employment", "有劳动能力，无正当理由拒绝就业", "yesno", "conduct.refused_employment", "排除情形"),
        Spec("evaded", "故意规避致无经济来源", "yesno", "conduct.evaded", "排除情形"),
        Spec("high_consumption", "有高消费行为", "yesno", "conduct.high_consumption", "排除情形"),
        Spec("declined_dibao", "无正当理由不申请低保", "yesno", "conduct.declined_dibao", "排除情形"),
        Spec("unexplained_funds", "不能说明去向的大额资金", "money", "conduct.unexplained_funds", "排除情形", "元", "没有请填 0", width="sm"),
        Spec("dibao", "低保家庭", "yesno", "status.dibao", "身份"),
        Spec("low_income_certified", "持低收入家庭救助证", "yesno", "status.low_income_certified", "身份"),
        Spec("tekun", "特困人员", "yesno", "status.tekun", "身份"),
        Spec("registered_poor", "建档立卡", "yesno", "status.registered_poor", "身份"),
        Spec("work_injury_survivor", "因公牺牲职工遗属或工亡职工家属", "yesno", "status.work_injury_survivor", "身份"),
        Spec("still_in_difficulty", "获得各类救助和补偿后仍有困难", "yesno", "attested.still_in_difficulty", "认定意见"),
        Spec("huge_treatment_cost", "救治费用数额过大", "yesno", "attested.huge_treatment_cost", "认定意见"),
        Spec("severe_loss", "人身伤害重大或财产损毁严重", "yesno", "attested.severe_loss", "认定意见"),
        Spec("especially_hard", "生活特别困难", "yesno", "attested.especially_hard", "认定意见"),
        Spec("committee_resolution", "工会委员会已研究决定", "yesno", "attested.committee_resolution", "认定意见"),
    ],
}  # fmt: skip

MEMBER: list[Spec] = [
    Spec("name", "姓名", "text", group="身份", width="sm"),
    Spec("relation", "与职工关系", "choice", "relation", "身份", options=_options(choices.Relation), width="sm"),
    Spec("id_number", "证件号码", "id", "", "身份", help="18 位；填好后自动带出出生日期和性别"),
    Spec("birth_date", "出生日期", "date", "birth_date", "身份", width="sm"),
    Spec("sex", "性别", "choice", "sex", "身份", options=_options(choices.Sex), width="xs"),
    Spec("lives_together", "共同生活", "yesno", "lives_together", "家庭人口"),
    Spec("same_huji", "同一户籍", "yesno", "same_huji", "家庭人口"),
    Spec("support_relation", "有赡养、抚养、扶养或收养关系", "yesno", "support_relation", "家庭人口"),
    Spec("support_kind", "关系类别", "choice", "", "家庭人口", options=_options(choices.SupportKind), width="xs"),
    Spec("head_of_household", "户主", "yesno", "", "家庭人口"),
    Spec("employment", "就业状况", "choice", "employment", "就业", options=_options(choices.Employment), width="sm"),
    Spec("employer", "工作单位或学校", "text", "", "就业"),
    Spec("studying", "在学情况", "choice", "studying", "就业", options=_options(choices.Studying), width="sm"),
    Spec("work_capable", "有劳动能力", "yesno", "work_capable", "就业"),
    Spec("retired", "已退休", "yesno", "retired", "就业"),
    Spec("major_illness", "患重大疾病", "yesno", "major_illness", "健康"),
    Spec("chronic_illness", "患慢性病", "yesno", "chronic_illness", "健康"),
    Spec("diagnosis", "诊断", "text", "", "健康"),
    Spec("disabilities", "残疾", "disabilities", "disabilities", "健康"),
    Spec("union_member", "工会会员", "yesno", "union_member", "工会与劳动关系"),
    Spec("unit_has_union", "单位已建会", "yesno", "unit_has_union", "工会与劳动关系"),
    Spec("labor_contract", "签订劳动合同", "yesno", "labor_contract", "工会与劳动关系"),
    Spec("labor_relation_months", "劳动关系", "count", "labor_relation_months", "工会与劳动关系", "个月", width="xs"),
    Spec("migrant_worker", "农民工", "yesno", "migrant_worker", "工会与劳动关系"),
    Spec("long_term_urban", "长期居住在城市", "yesno", "long_term_urban", "工会与劳动关系"),
    Spec("retired_in_mining_area", "独立工矿区退休", "yesno", "retired_in_mining_area", "工会与劳动关系"),
]

BY_NAME: dict[str, Spec] = {spec.name: spec for specs in HOUSEHOLD.values() for spec in specs}
MEMBER_BY_NAME: dict[str, Spec] = {spec.name: spec for spec in MEMBER}
STEP_OF: dict[str, str] = {spec.name: step for step, specs in HOUSEHOLD.items() for spec in specs}
BY_PATH: dict[str, Spec] = {spec.path: spec for specs in HOUSEHOLD.values() for spec in specs if spec.path}

LINE_LABELS: dict[str, str] = {
    "member": "成员", "kind": "项目", "basis": "认定依据", "monthly": "月金额", "amount": "金额", "month": "月份", "from": "起月",
    "to": "止月", "incident": "意外所致", "obligor": "义务人", "income_monthly": "义务人月收入", "status": "义务人身份",
    "total": "总额", "paid_by": "报销与救助", "basic_insurance": "基本医保", "major_illness_insurance": "大病保险",
    "commercial_insurance": "商业保险", "mutual_aid": "互助保障", "other_relief": "其他部门救助", "tuition": "学费",
    "boarding": "住宿费", "travel": "必要长途路费", "aided": "政府或社会资助", "recognized": "县级以上政府列入刚性支出",
    "self_in_scope": "医保内自付", "self_out_of_scope": "医保外自费", "voucher_number": "票据号", "bill_kind": "就诊类别",
    "from_month": "起月", "to_month": "止月", "note": "说明", "obligor_income": "义务人月收入", "obligor_status": "义务人身份",
}  # fmt: skip
STANDARD_LABELS: dict[str, str] = {
    "dibao": "低保标准", "minimum_wage": "最低工资标准", "low_income": "低收入标准", "housing_area_per_person": "人均住房面积标准",
    "support_ratio": "赡养费计算比例", "basic_living_cost": "基本生活费标准", "disposable_income_per_head": "人均可支配收入",
    "dibao_homes_limit": "低保住房套数上限", "dibao_savings_limit": "低保存款上限", "dibao_deduct_expense": "低保是否扣减支出",
    "local_multiple": "基层工会建档倍数", "training_cap": "培训补助上限", "legal_aid_cap": "法律援助上限",
}  # fmt: skip
