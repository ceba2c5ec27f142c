"""Pinyin of people's names for lists: surnames are read as surnames (单 shan, 曾 zeng), the rest as usual."""

from pypinyin import lazy_pinyin

SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "任": "ren", "区": "ou", "盖": "ge", "华": "hua",
    "朴": "piao", "冼": "xian", "洗": "xian", "翟": "zhai", "乐": "yue", "召": "shao", "繁": "po", "缪": "miao", "种": "chong",
    "秘": "bi", "宿": "su", "员": "yun", "折": "she", "覃": "qin", "谌": "chen", "柏": "bai", "牟": "mu", "么": "yao",
    "那": "na", "应": "ying", "车": "che", "黑": "he", "撒": "sa", "隗": "wei", "祭": "zhai", "句": "gou", "尉": "wei",
    "宁": "ning", "葛": "ge", "纪": "ji", "燕": "yan", "曲": "qu", "晁": "chao", "都": "du", "干": "gan", "石": "shi",
    "沈": "shen", "卜": "bu", "贾": "jia", "薄": "bo", "藏": "zang", "臧": "zang", "郗": "xi", "冯": "feng",
    "佘": "she", "逄": "pang", "呙": "guo", "郇": "xun", "佴": "nai", "阚": "kan", "訾": "zi", "殷": "yin", "重": "chong",
    "适": "kuo", "幺": "yao", "尹": "yin", "哈": "ha", "长孙": "zhang sun", "尉迟": "yu chi", "万俟": "mo qi",
    "澹台": "tan tai", "令狐": "ling hu", "单于": "chan yu", "鲜于": "xian yu", "皇甫": "huang fu", "宇文": "yu wen",
    "欧阳": "ou yang", "司徒": "si tu", "司马": "si ma", "诸葛": "zhu ge", "上官": "shang guan", "夏侯": "xia hou",
    "慕容": "mu rong", "东方": "dong fang", "公孙": "gong sun", "乐正": "yue zheng", "呼延": "hu yan", "端木": "duan mu",
}  # fmt: skip
"""Characters that are read otherwise when they are a surname, and surnames of two characters."""


def pinyin_of(name: str) -> tuple[str, str]:
    """``"单雄信"`` → ``("shanxiongxin", "sxx")``. Letters stay, everything else is left out of the initials."""
    name = "".join(name.split())
    head = next((name[:size] for size in (2, 1) if name[:size] in SURNAMES), "")
    syllables = SURNAMES[head].split() if head else []
    syllables += lazy_pinyin(name[len(head) :])
    clean = ["".join(sign for sign in syllable.lower() if sign.isalnum() and sign.isascii()) for syllable in syllables]
    clean = [syllable for syllable in clean if syllable]
    return "".join(clean)[:120], "".join(syllable[0] for syllable in clean)[:20]
