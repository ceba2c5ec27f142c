"""Choices of the families room; the values are those of the facts contract (``bangfu.facts/1``)."""

from django.db import models


class Relation(models.TextChoices):
    SELF = "self", "本人"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    PARENT = "parent", "父母"
    GRANDPARENT = "grandparent", "（外）祖父母"
    GRANDCHILD = "grandchild", "（外）孙子女"
    SIBLING = "sibling", "兄弟姐妹"
    OTHER = "other", "其他"


class Sex(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Employment(models.TextChoices):
    EMPLOYED = "employed", "在职"
    FLEXIBLE = "flexible", "灵活就业"
    LAID_OFF = "laid_off", "下岗"
    UNEMPLOYED = "unemployed", "失业"
    STUDENT = "student", "学生"
    MINOR = "minor", "未成年"
    RETIRED = "retired", "退休"
    NONE = "none", "无业"


class Studying(models.TextChoices):
    NONE = "none", "不在学"
    PRESCHOOL = "preschool", "学前"
    COMPULSORY = "compulsory", "义务教育"
    HIGH_SCHOOL = "high_school", "高中"
    VOCATIONAL = "vocational", "中职中专"
    COLLEGE = "college", "大专"
    UNDERGRADUATE = "undergraduate", "本科"
    GRADUATE = "graduate", "研究生"


class DisabilityKind(models.TextChoices):
    LIMB = "limb", "肢体"
    MENTAL = "mental", "精神"
    INTELLECTUAL = "intellectual", "智力"
    VISUAL = "visual", "视力"
    HEARING = "hearing", "听力"
    SPEECH = "speech", "言语"


class IncomeKind(models.TextChoices):
    WAGE = "wage", "工资性收入"
    BUSINESS = "business", "经营净收入"
    PROPERTY = "property", "财产净收入"
    PENSION = "pension", "离退休金"
    BASIC_PENSION = "basic_pension", "城乡居民基础养老金"
    UNEMPLOYMENT_BENEFIT = "unemployment_benefit", "失业保险金"
    SURVIVOR_BENEFIT = "survivor_benefit", "遗属补助金"
    COMPENSATION = "compensation", "赔偿收入"
    DONATION = "donation", "接受捐赠"
    SUPPORT = "support", "赡养（抚养、扶养）费"
    OTHER_TRANSFER = "other_transfer", "其他转移性收入"
    DIBAO = "dibao", "低保金"
    DISABILITY_SUBSIDY = "disability_subsidy", "残疾人补贴"
    RELIEF = "relief", "其他社会救助款物"
    PREFERENTIAL = "preferential", "优待抚恤金"
    FAMILY_PLANNING_REWARD = "family_planning_reward", "计划生育奖励扶助金"
    SCHOLARSHIP = "scholarship", "奖学金"
    BRAVERY_AWARD = "bravery_award", "见义勇为等奖励"
    TAX = "tax", "缴纳税款"
    SOCIAL_INSURANCE = "social_insurance", "缴纳社会保险"
    SUPPORT_PAID = "support_paid", "赡养支出"
    OTHER_TRANSFER_OUT = "other_transfer_out", "其他转移性支出"


OUTGOING = frozenset(
    {IncomeKind.TAX, IncomeKind.SOCIAL_INSURANCE, IncomeKind.SUPPORT_PAID, IncomeKind.OTHER_TRANSFER_OUT}
)


class Basis(models.TextChoices):
    CONTRACT = "contract", "劳动合同"
    VERIFIED = "verified", "凭证核实"
    ESTIMATED = "estimated", "推算"
    DECLARED_FLEXIBLE = "declared_flexible", "灵活就业申报"
    NO_DOCUMENT = "no_document", "无法律文书"


class ObligorStatus(models.TextChoices):
    NONE = "none", "无"
    DIBAO = "dibao", "低保对象"
    TEKUN = "tekun", "特困人员"
    REGISTERED_POOR = "registered_poor", "建档立卡贫困人口"
    LOW_INCOME = "low_income", "低收入家庭成员"


class ExpenseKind(models.TextChoices):
    ILLNESS = "illness", "因病费用"
    DISABILITY_REHAB = "disability_rehab", "康复治疗"
    DISABILITY_CARE = "disability_care", "残疾长期照料"
    SCHOOLING = "schooling", "因学费用"
    RENT = "rent", "住房租金"
    EMPLOYMENT_COST = "employment_cost", "必要就业成本"
    OTHER = "other", "其他支出"


class Cause(models.TextChoices):
    ILLNESS = "illness", "因病"
    DISABILITY = "disability", "因残"
    SCHOOLING = "schooling", "因子女上学"
    SINGLE_PARENT = "single_parent", "单亲"
    UNEMPLOYMENT = "unemployment", "失业下岗"
    ENTERPRISE_CLOSURE = "enterprise_closure", "企业关停并转"
    DISASTER = "disaster", "灾害"
    ACCIDENT = "accident", "意外"
    RIGHTS_INFRINGED = "rights_infringed", "权益受侵害"
    OTHER = "other", "其他"


class VehicleUse(models.TextChoices):
    PRIVATE = "private", "自用"
    DISABILITY_MOBILITY = "disability_mobility", "残疾人功能性补偿代步"
    EMPLOYED_DRIVER = "employed_driver", "受雇驾驶"
    COMMERCIAL = "commercial", "营运"


class IncidentKind(models.TextChoices):
    NATURAL_DISASTER = "natural_disaster", "自然灾害"
    MAJOR_SAFETY_ACCIDENT = "major_safety_accident", "重大安全事故"
    MAJOR_EPIDEMIC = "major_epidemic", "重大疫情"
    SOCIAL_SECURITY_EVENT = "social_security_event", "社会安全事件"
    ILLNESS = "illness", "突发重大疾病"
    TRAFFIC_ACCIDENT = "traffic_accident", "交通事故"
    OTHER = "other", "其他意外"


class SupportKind(models.TextChoices):
    """By which bond somebody outside the 户籍 counts (附件1 一（一）)."""

    MAINTENANCE_OF_PARENTS = "parents", "赡养"
    MAINTENANCE_OF_CHILDREN = "children", "抚养"
    MAINTENANCE_OF_SPOUSE = "spouse", "扶养"
    ADOPTION = "adoption", "收养"


class BillKind(models.TextChoices):
    """Of what kind a medical bill is: only the first two are 因病费用 (附件1 一（三）1)."""

    INPATIENT = "inpatient", "住院"
    CHRONIC = "chronic", "门诊慢性病"
    OTHER_OUTPATIENT = "other_outpatient", "其他门诊购药"


class Carrier(models.TextChoices):
    """What a record is made of (附件2 第三条)."""

    TEXT = "text", "文字"
    CHART = "chart", "图表"
    PHOTO = "photo", "照片"
    SOUND = "sound", "录音"
    FILM = "film", "录像"
    ELECTRONIC = "electronic", "电子数据"


class Need(models.TextChoices):
    """What a family needs (附件1 二（二）1)."""

    LIVING = "living", "生活"
    MEDICAL = "medical", "医疗"
    SCHOOLING = "schooling", "助学"
    EMPLOYMENT = "employment", "就业"
    LEGAL = "legal", "法律"


WAGE_ITEMS = {
    "wage": "工资", "salary": "薪金", "bonus": "奖金", "share": "劳动分红", "allowance": "津贴", "subsidy": "补贴",
    "welfare": "福利", "other": "其他任职受雇所得",
}  # fmt: skip
BUSINESS_ITEMS = {
    "farming": "农林牧渔业", "industry": "工业", "construction": "建筑业", "handicraft": "手工业", "transport": "交通运输业",
    "trade": "批发和零售贸易业", "catering": "餐饮业", "culture": "文教卫生业", "services": "社会服务业",
}  # fmt: skip
PROPERTY_ITEMS = {
    "interest": "储蓄存款利息", "dividend": "有价证券红利", "insurance": "储蓄性保险投资", "other_dividend": "其他股息和红利",
    "collective": "集体财产分红", "movable": "其他动产", "land": "转租承包土地经营权", "house": "出租或出让房产",
    "immovable": "其他不动产",
}  # fmt: skip
INCOME_ITEMS: dict[str, dict[str, str]] = {"wage": WAGE_ITEMS, "business": BUSINESS_ITEMS, "property": PROPERTY_ITEMS}
"""What exactly an income is, by kind (附件1 一（二）1–3): shown and printed, it does not change the arithmetic."""

NET_PARTS = {
    "business": {
        "gross": "经营收入",
        "cost": "经营费用",
        "depreciation": "生产性固定资产折旧",
        "production_tax": "生产税",
    },
    "property": {"gross": "财产收入", "cost": "相关费用"},
}
"""The figures from which a net income is worked out: the first less the others (附件1 一（二）2、3)."""


class TwinKind(models.TextChoices):
    """What two files of one family most often are."""

    SAME_WORKER = "same_worker", "同一职工两处建档"
    COUPLE = "couple", "夫妻分别建档"
    SHARED_CHILD = "shared_child", "父母各自登记同一子女"
    SHARED_PERSON = "shared_person", "同一人登记在两户"
    NEAR = "near", "联系方式相同"


class TwinLevel(models.TextChoices):
    """How sure a finding is."""

    CERTAIN = "certain", "确定"
    LIKELY = "likely", "很可能"
    POSSIBLE = "possible", "可能"


class TwinState(models.TextChoices):
    OPEN = "open", "待核实"
    MERGED = "merged", "已合并"
    DISMISSED = "dismissed", "已核实不是同一家庭"
    GONE = "gone", "已不再相同"


class ChangeKind(models.TextChoices):
    MERGE = "merge", "合并"
    SPLIT = "split", "拆分"
