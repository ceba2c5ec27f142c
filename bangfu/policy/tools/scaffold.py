"""`bangfu pack new`: the folder of a new pack, with everything the parent says as comments to work from."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bangfu.policy import registry
from bangfu.policy.assess import judge
from bangfu.policy.errors import PolicyError
from bangfu.policy.facts import parse as parse_facts
from bangfu.policy.pack.layers import ACCOUNTING, CATEGORIES, Layers
from bangfu.policy.pack.model import Pack
from bangfu.policy.shape import origin_of
from bangfu.policy.standards import parse as parse_standards

TODO = "待填"
WORK_FILES = ("procedure", "evidence", "aid", "lifecycle")
_ID = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
_PLAIN = re.compile(r"^[^\s\"'\[\]{},:#&*!|>%@`?-][^\"'\[\]{},:#]*$")


class CannotCreate(PolicyError):
    """The folder cannot be made, and why."""


def create(folder: Path, parent_id: str, region: str | None = None) -> list[Path]:
    """Writes the folder and answers its files. Raises `CannotCreate` or `UnknownPolicy`; then nothing is written."""
    if not _ID.match(folder.name):
        raise CannotCreate(f"{folder.name}: 文件夹名用小写字母、数字和下划线，例如 my_county_2030")
    if folder.exists() and any(folder.iterdir()):
        raise CannotCreate(f"{folder}: 文件夹里已经有东西，换一个名字")
    if region is not None and not (len(region) == 6 and region.isdigit()):
        raise CannotCreate(f"{region}: 地区代码是六位数字")
    line = registry.descent(parent_id)
    parent, layers = registry.loaded(line)
    if not parent.categories:
        raise CannotCreate(f"{parent_id}: 这份文件没有认定规则，不能作上级")
    pack_id = origin_of(folder)
    texts = {
        "pack.yaml": _pack(pack_id, parent, region),
        "accounting.yaml": _rules(parent, layers, ACCOUNTING, "收入、支出和数字怎样核算"),
        "categories.yaml": _rules(parent, layers, CATEGORIES, "困难类别、建档范围和排除情形"),
        "clauses.yaml": _clauses(pack_id),
        "cases/base.yaml": _base(parent, region),
    }
    texts["cases/lines.yaml"] = _cases(parent, region)
    for name in WORK_FILES:
        texts[f"{name}.yaml"] = _work(parent, name)
    found = []
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        found.append(file)
    return found


def code_of(pack_id: str) -> str:
    """Capital letters that begin the ids of the new text's clauses (`my-county-2030` → `MY`)."""
    return re.sub(r"[^A-Z]", "", pack_id.partition("-")[0].upper()) or "X"


def _pack(pack_id: str, parent: Pack, region: str | None) -> str:
    place = f'"{region}"' if region else "null"
    return f"""# 一份文件是谁发的、管哪里、从哪天到哪天。日期不加引号；地区代码加引号，全国写 null。
id: {pack_id}
title: {TODO}：文件全称
number: {TODO}：文号
issuer: {TODO}：发文单位
issued_on: {_began(parent).isoformat()}
first_day: {_began(parent).isoformat()}
last_day: null
region: {place}
# 本文件没有说到的，照这一份：《{parent.title}》（{parent.number}）
parent: {parent.id}
# 官方文件的 sha256，可以不填
source_sha256: null
texts:
  - code: {code_of(pack_id)}
    title: {TODO}：文件全称
    number: {TODO}：文号
    issuer: {TODO}：发文单位
    issued_on: {_began(parent).isoformat()}
    first_day: {_began(parent).isoformat()}
    last_day: null
"""


def _rules(parent: Pack, layers: Layers, sections: Mapping[str, Any], what: str) -> str:
    """A file about rules: what the parent says, section by section, each part ready to be copied under a verb."""
    lines = [
        f"# {what}。这里只写与上级不同之处；不写的照上级。四个动词：",
        "#   set       上级留给下级定的数字（只有 parameters）",
        "#   override  换掉上级同名的一条",
        "#   add       新增一条",
        "#   disable   这里不适用的一条：- {part: exclusion, code: …, clause: 第几条, why: 理由}",
        "#             part 是 exclusion、filing、category、income、expense、term 之一",
        "# 每一条都写 clause：本文件的条号，须在 clauses.yaml 登记。",
        f"# 以下是《{parent.title}》的规定。要改哪一条，复制到动词下面、去掉 #、改条号。",
        "#",
        "# 例：",
        "# set:",
        "#   parameters:",
        "#     - {code: …, value: …, clause: 第几条}",
        "",
    ]
    for section in sections:
        parts = layers.parts[section]
        if parts:
            lines += [f"# {section}:"]
        for part in parts.values():
            node = part.node
            note = ""
            if section == "parameters" and node.get("open"):
                note = f"   # 留给下级定，可在 {node.get('min')} 至 {node.get('max')} 之间"
            lines.append(f"#   - {flow(node.plain())}{note}")
    if layers.order is not None and "categories" in sections:
        lines += ["# 认定的先后；新增类别时要重写：", f"# order: {flow([one.code for one in parent.categories])}"]
    return "\n".join(lines) + "\n"


def _clauses(pack_id: str) -> str:
    code = code_of(pack_id)
    return f"""# 每一条文一项，按文件的次序。id 是编号：文件代码-条号.小写字母。
# force：M 必须，P 允许，E 鼓励，C 背景。gist 用自己的话，不抄原文，六十字以内。
# realised_by：由什么落实，可以几样：
#   rule 规则代码 · step 步骤 · evidence 材料 · aid 帮扶 · clock 时限 · lifecycle 档案管理 · form 填报项
#   paper 打印件 · page 页面 · service 系统动作 · planned 待建 · guidance: true 工作指引 · not_software 理由
- id: {code}-1.a
  clause: 第一条
  force: C
  gist: {TODO}：这一条说什么
  realised_by: [{{page: policy_library}}]
"""


def _family(parent: Pack, region: str | None) -> dict[str, Any]:
    """A plain family of two about whom everything is known and nothing is wrong, two months after the parent began to read as it does."""
    on = _began(parent) + datetime.timedelta(days=60)
    place = region or parent.region or "990101"
    person = {
        "id": "P1", "relation": "self", "birth_date": "1980-01-01", "sex": "male", "lives_together": True, "same_huji": True,
        "support_relation": False, "employment": "employed", "retired": False, "retired_in_mining_area": False,
        "union_member": True, "unit_has_union": True, "migrant_worker": False, "labor_relation_months": 120,
        "labor_contract": True, "long_term_urban": True, "work_capable": True, "disabilities": [], "major_illness": False,
        "chronic_illness": False, "studying": "none",
    }  # fmt: skip
    spouse = person | {"id": "P2", "relation": "spouse", "sex": "female", "employment": "none", "union_member": False}
    conduct = dict.fromkeys(
        ("controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
         "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao"), False)  # fmt: skip
    status = dict.fromkeys(("dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified"), False)
    attested = ("still_in_difficulty", "especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss")
    return {
        "schema": "bangfu.facts/1", "id": "BASE", "application_date": on.isoformat(), "work_region": place,
        "huji_region": place, "worker": "P1", "members": [person, spouse], "incomes": [], "expenses": [],
        "housing": {"owned_homes": 1, "owned_area_m2": "60", "renting": False, "rented_area_m2": "0", "rent_within_market": False},
        "vehicles": [], "savings": "0", "investments_net": "0", "causes": ["illness"], "incident": "none",
        "conduct": conduct | {"unexplained_funds": "0"}, "status": status, "attested": dict.fromkeys(attested, False),
    }  # fmt: skip


def _began(parent: Pack) -> datetime.date:
    return parent.heading.eras[-1].first_day


def _standards(parent: Pack, region: str | None) -> list[list[str]]:
    place, first = region or parent.region or "990101", _began(parent).isoformat()
    values = {
        "dibao": "800.00", "minimum_wage": "1600.00", "housing_area_per_person": "30", "support_ratio": "0.3",
        "basic_living_cost": "600.00",
    }  # fmt: skip
    return [[name, place, first, value] for name, value in values.items()]


def _base(parent: Pack, region: str | None) -> str:
    family = _family(parent, region)
    lines = [
        "# 基准户：两口之家，情况全部清楚，没有收支，没有排除情形。算例只写与它不同之处。数字都是样例。",
        "family:",
    ]
    for key, value in family.items():
        if key == "members":
            lines += ["  members:", *(f"    - {flow(member)}" for member in value)]
        else:
            lines.append(f"  {key}: {flow(value)}")
    lines += ["# 当地标准：名称、地区、起始日、数额", "standards:"]
    return "\n".join([*lines, *(f"  - {flow(row)}" for row in _standards(parent, region))]) + "\n"


def _cases(parent: Pack, region: str | None) -> str:
    facts = parse_facts(_family(parent, region))
    rows = [dict(zip(("name", "region", "from", "value"), row, strict=True)) for row in _standards(parent, region)]
    found = judge(facts, parse_standards({"schema": "bangfu.standards/1", "rows": rows}), parent)
    met = [one.code for one in found.categories if one.result == "met"]
    return f"""# 每例只写与基准户不同之处。met 和 unknown 列出的类别以外都应为不符合。
# 每条线写三例：线下一分、正好、线上一分；每个类别、每种排除情形至少一例。
- case: plain-family
  note: 基准户在上级文件下的结论；新规则写好后，按新规则改
  given: {{}}
  expect:
    outcome: {found.outcome}
    met: {flow(met)}
"""


def _work(parent: Pack, name: str) -> str:
    what = {"procedure": "办理步骤", "evidence": "佐证材料", "aid": "帮扶资金", "lifecycle": "档案动态管理"}[name]
    above: Pack | None = parent
    while above is not None and not (above.folder / f"{name}.yaml").exists():
        above = above.parent
    lines = [
        f"# {what}。整份是注释时全照上级；写了的，同代码的一条要加 overrides: true，不要的写在 disable 下面。",
        "# 写法见 docs/pack-files.md。",
    ]
    if above is not None:
        lines += [f"# 以下是《{above.title}》的规定：", "#"]
        lines += [
            f"# {line}".rstrip() for line in (above.folder / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        ]
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """A plain value as one line of YAML that reads back as the same value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal, datetime.date)):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    text = str(value)
    special = text in ("null", "true", "false", "~", "") or text[:1].isdigit() or text[:1] in "+.=<"
    return json.dumps(text, ensure_ascii=False) if special or not _PLAIN.match(text) else text
