"""Chinese words for the facts contract: what a path or a value is called on a page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bangfu.policy.facts import Facts

KEYS: dict[str, str] = {
    "work_region": "工作地", "huji_region": "户籍地", "members": "家庭成员", "incomes": "收入明细", "expenses": "支出明细",
    "vehicles": "车辆", "savings": "存款", "investments_net": "投资净值", "causes": "致困原因", "incident": "意外事件",
    "housing": "住房", "conduct": "核查情况", "status": "身份", "attested": "认定意见",
    "relation": "与职工关系", "birth_date": "出生日期", "sex": "性别", "lives_together": "是否共同生活", "same_huji": "是否同一户籍",
    "support_relation": "是否有赡养、抚养、扶养关系", "employment": "就业状况", "retired": "是否退休",
    "retired_in_mining_area": "是否在独立工矿区退休居住", "union_member": "是否工会会员", "unit_has_union": "单位是否建会",
    "migrant_worker": "是否农民工", "labor_relation_months": "劳动关系月数", "labor_contract": "是否签订劳动合同",
    "long_term_urban": "是否长期居住在城市", "work_capable": "有无劳动能力", "disabilities": "残疾类别和等级",
    "major_illness": "是否患重大疾病", "chronic_illness": "是否患慢性病", "studying": "就学阶段",
    "kind": "种类", "grade": "等级", "basis": "认定依据", "monthly": "每月金额", "from": "起始月份", "to": "截止月份",
    "amount": "金额", "month": "所属月份", "obligor": "义务人", "income_monthly": "月收入", "total": "总金额", "paid_by": "已报销和救助的金额",
    "basic_insurance": "基本医疗保险已付", "major_illness_insurance": "大病保险已付", "commercial_insurance": "商业保险已付",
    "mutual_aid": "互助保障已付", "other_relief": "其他部门救助已付", "tuition": "学费", "boarding": "住宿费", "travel": "长途路费",
    "aided": "政府或社会资助", "recognized": "是否属政府规定的刚性支出", "owned_homes": "自有住房套数", "owned_area_m2": "自有住房面积",
    "renting": "是否租房", "rented_area_m2": "租住面积", "rent_within_market": "租金是否在市场价范围内", "use": "用途",
    "happened": "是否发生", "date": "日期", "injury_grade": "伤残等级", "hospitalised": "是否住院", "infected": "是否染病", "death": "是否牺牲或死亡",
    "loss": "损失金额", "controlling_shareholder": "是否公司控股股东或实际控制人", "owns_shop": "是否拥有商业店铺",
    "employs_others": "是否雇人经营", "private_or_abroad_school": "子女是否就读高收费私立学校或自费留学",
    "refused_verification": "是否拒绝配合核查", "concealed_facts": "是否隐瞒收入人口或提供虚假材料",
    "refused_employment": "是否无正当理由拒绝就业", "evaded": "是否故意规避法律法规", "high_consumption": "有无高消费行为",
    "declined_dibao": "是否无正当理由不申请低保", "unexplained_funds": "说不清去向的大额资金", "dibao": "是否享受低保",
    "work_injury_survivor": "是否因公牺牲职工遗属或工亡家属", "registered_poor": "是否建档立卡贫困人口", "tekun": "是否特困人员",
    "low_income_certified": "是否持低收入证", "still_in_difficulty": "得到补偿救助后是否仍有困难", "especially_hard": "是否特别困难",
    "committee_resolution": "商务工会委员会是否研究决定", "huge_treatment_cost": "救治费用是否数额过大", "severe_loss": "是否造成严重伤害或损毁",
}  # fmt: skip
STANDARDS: dict[str, str] = {
    "dibao": "低保标准", "minimum_wage": "最低工资标准", "low_income": "低收入标准", "housing_area_per_person": "人均住房面积",
    "support_ratio": "赡养抚养扶养费推算比例", "basic_living_cost": "基本生活费标准", "disposable_income_per_head": "人均可支配收入",
    "dibao_homes_limit": "低保住房套数限额", "dibao_savings_limit": "低保存款限额", "dibao_deduct_expense": "低保是否扣减刚性支出",
    "local_multiple": "基层工会建档线倍数", "training_cap": "培训补助限额", "legal_aid_cap": "法律援助限额",
}  # fmt: skip
INCOME_KINDS: dict[str, str] = {
    "wage": "工资", "business": "经营净收入", "property": "财产净收入", "pension": "离退休金", "basic_pension": "城乡居民基础养老金",
    "unemployment_benefit": "失业保险金", "survivor_benefit": "遗属补助", "compensation": "赔偿", "donation": "捐赠",
    "support": "赡养、抚养、扶养费", "other_transfer": "其他转移收入", "dibao": "低保金", "disability_subsidy": "残疾人补贴",
    "relief": "其他社会救助", "preferential": "优待抚恤金", "family_planning_reward": "计划生育奖扶", "scholarship": "奖学金",
    "bravery_award": "见义勇为奖励", "tax": "税款", "social_insurance": "社会保险等缴费", "support_paid": "付出的赡养、抚养、扶养费",
    "other_transfer_out": "其他转移支出",
}  # fmt: skip
EXPENSE_KINDS: dict[str, str] = {
    "illness": "因病", "disability_rehab": "康复治疗", "disability_care": "长期照料", "schooling": "因学", "rent": "房租",
    "employment_cost": "就业成本", "other": "其他支出",
}  # fmt: skip
CAUSES: dict[str, str] = {
    "illness": "因病", "disability": "因残", "schooling": "子女上学", "single_parent": "单亲", "unemployment": "失业",
    "enterprise_closure": "企业关停并转", "disaster": "受灾", "accident": "意外事故", "rights_infringed": "权益受侵害", "other": "其他",
}  # fmt: skip
RESULTS: dict[str, str] = {"met": "符合", "not_met": "不符合", "unknown": "还不能判断"}
EXCLUSION_RESULTS: dict[str, str] = {"met": "有此情形", "not_met": "无此情形", "unknown": "还不能判断"}

_PART = re.compile(r"([a-z_0-9]+)(?:\[([0-9]+)\])?")


def person(facts: Facts, position: int, names: Mapping[str, str] | None = None) -> str:
    """What a member is called: the name given for the id, else the id itself."""
    member = facts.members[position]
    return (names or {}).get(member.id, member.id)


def path_label(path: str, facts: Facts, names: Mapping[str, str] | None = None) -> str:
    """A JSON path in Chinese: `members[1].lives_together` → `李国强：是否共同生活`."""
    if path.startswith("standards."):
        name, _, region = path[len("standards.") :].partition("@")
        return f"{STANDARDS.get(name, name)}（{region}）"
    parts = [(match.group(1), match.group(2)) for match in map(_PART.fullmatch, path.split(".")) if match]
    words: list[str] = []
    for name, index in parts:
        if name == "members" and index is not None:
            words.append(person(facts, int(index), names))
        elif name == "incomes" and index is not None:
            line = (facts.incomes or ())[int(index)]
            words.append(f"收入第{int(index) + 1}项（{INCOME_KINDS[line.kind]}）")
        elif name == "expenses" and index is not None:
            line_out = (facts.expenses or ())[int(index)]
            words.append(f"支出第{int(index) + 1}项（{EXPENSE_KINDS[line_out.kind]}）")
        elif name == "vehicles" and index is not None:
            words.append(f"第{int(index) + 1}辆车")
        elif name == "disabilities" and index is not None:
            words.append(f"第{int(index) + 1}项残疾")
        elif name == "status" and words:
            words.append("身份")  # of an obligor
        elif name in ("housing", "conduct", "status", "attested") and len(parts) > 1:
            continue
        elif name == "incident" and len(parts) > 1:
            words.append("意外事件")
        else:
            words.append(KEYS.get(name, name))
    return "：".join(words) if words else path
