"""What to do about a fault of a pack, in Chinese, for people who know the text and no code."""

from __future__ import annotations

import re

#: A pattern of the message and what helps. The first that fits is told.
_REMEDIES: tuple[tuple[str, str], ...] = (
    (r"pack\.yaml: missing", "这不是规则包的文件夹；先运行 bangfu pack new 文件夹 --parent 上级文件"),
    (r"must be called", "把文件夹改成这个名字，或改 pack.yaml 的 id（文件夹名里的 _ 就是 id 里的 -）"),
    (r"is already the id of", "换一个 id；同一份文件只装一次"),
    (r"^parent: goes round", "上级文件不能绕回自己：改掉其中一份 pack.yaml 的 parent"),
    (r"^parent: .*no such policy", "parent 写已安装的文件的 id；上级也在别的文件夹的，把那个文件夹写进 BANGFU_PACKS"),
    (r"goes round in a circle", "两个算式不能互相引用：把共同的部分另写成一个算式，放在它们上面"),
    (r"unknown name", "名称写错了，或这项事实系统不登记；可用的名称见 docs/how-to-write-a-pack.md"),
    (
        r"is no operation of the formula language|not part of the formula language",
        "算式里只能用 docs/how-to-write-a-pack.md 列出的写法",
    ),
    (r"is not one of", "只能用括号里列出的值"),
    (
        r"cannot stand side by side|cannot be compared|cannot be multiplied",
        "两边单位不同：金额与金额比，面积与面积比，人数与人数比",
    ),
    (r"cited twice", "同一条款只写一次"),
    (r"no such clause|has such a clause", "在 clauses.yaml 里登记这一条，或改成登记过的条号"),
    (
        r"realised_by: (missing|a list)",
        "写上这一条由什么落实；还没有做的写 {planned: 房间}，只能靠人的写 {not_software: 理由}",
    ),
    (r"already stands in line", "同一个编号只登记一次；一条里有几件事，用 .a .b 分开编号"),
    (r"is not in this pack", "名称写错了，或规则里还没有它：改成已有的代码，或先写出这条规则"),
    (r"duplicate key|stands twice", "删掉重复的一处"),
    (r"unknown key", "这里没有这个键，看看是不是拼错或缩进不对"),
    (r": missing$|is missing", "补上这一项"),
    (r"no rule for", "每一种收支都要写明计不计：不计的写 into: {}"),
    (r"the parent has no such", "上级没有这一条：要新增请放在 add 下面"),
    (r"does not leave it open", "上级没有留给下级定：要改请用 override，并写明条款"),
    (r"is outside", "超出上级允许的范围，请改数字"),
    (r"overrides: true", "与上级同名的要写 overrides: true；要新增请换一个代码"),
    (r"overrides nothing", "上级没有同名的：去掉 overrides: true"),
    (r"needs a length", "条文有天数的写 length；没有的写 parameter，由本级设定，不要编一个数"),
    (r"a date is expected", "日期写成 2020-06-28，不加引号"),
    (r"six digits in quotes", '地区代码是加引号的六位数字，例如 "511129"；全国的写 null'),
    (r"characters, at most", "要点用自己的话写短一些"),
    (r"not a formula|is needed", "检查括号、引号和运算符；条件要得出是或否，金额要得出金额"),
    (r"order: must name", "order 里每个类别写一次"),
    (r"anchors and aliases|tags are not allowed", "只写普通的值，不用 YAML 的锚点、引用和标签"),
    (r"cannot be read", "检查文件是否存在、是否为 UTF-8 编码"),
    (
        r"cannot be judged: .*applies from",
        "把 cases/base.yaml 的 application_date 改到本文件施行之后，月份和标准的起始日也跟着改",
    ),
    (r"cannot be judged", "按提示改这个算例：金额加引号，名称照 docs/how-to-write-a-pack.md"),
    (r"there is no base\.yaml", "在 cases/ 里放 base.yaml：family 是一户普通人家，standards 是当地标准"),
)


def remedy(message: str) -> str:
    """What helps against a fault with this message."""
    for pattern, words in _REMEDIES:
        if re.search(pattern, message):
            return words
    return "按提示改这一行；写法见 docs/how-to-write-a-pack.md 和 docs/pack-files.md"
