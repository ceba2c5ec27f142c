"""Three documents of one pack: every row stands once, each number leads to its own document."""

from collections import Counter

import pytest

from bangfu.policy import clauses, registry

PACK = registry.get_pack("acftu-2016")
ROWS = PACK.clauses


def test_every_row_of_the_three_documents_stands_once_and_belongs_to_one_of_them() -> None:
    prefixes = Counter(entry.id.partition("-")[0] for entry in ROWS)
    assert prefixes == {"FILE16": 70, "NOTE17": 55, "FUND15": 51}
    assert set(prefixes) == {text.code for text in PACK.texts}


@pytest.mark.parametrize(("word", "code"), [("档案办法", "FILE16"), ("说明", "NOTE17"), ("资金办法", "FUND15")])
def test_a_number_names_its_document(word: str, code: str) -> None:
    named = [entry for entry in ROWS if entry.id.startswith(code)]
    assert {entry.clause.partition(" ")[0] for entry in named} == {word}
    assert all(entry.id.startswith(code) for entry in ROWS.by_number(word))


@pytest.mark.parametrize(
    ("citation", "rows"),
    [
        ("档案办法 第三条①", ["FILE16-3.1.a", "FILE16-3.1.b"]),
        ("资金办法 第三条", ["FUND15-3.a", "FUND15-3.b", "FUND15-3.c"]),
        ("档案办法 第十条、说明 八", ["FILE16-10.a", "NOTE17-8.a", "NOTE17-8.b", "NOTE17-8.c", "NOTE17-8.z", "NOTE17-8.d"]),
        ("资金办法 第十条（二）（三）", ["FUND15-10.2.a", "FUND15-10.2.b", "FUND15-10.3.a"]),
        ("说明 三②", ["NOTE17-3.2.a", "NOTE17-3.2.b"]),
        ("资金办法 第五条（五）", ["FUND15-5.5.a"]),
    ],
)  # fmt: skip
def test_the_same_number_in_another_document_is_another_clause(citation: str, rows: list[str]) -> None:
    assert [entry.id for entry in ROWS.by_number(citation)] == rows


def test_numbers_of_different_documents_have_different_anchors() -> None:
    assert len({clauses.anchor(f"{word} 第三条") for word in ("档案办法", "资金办法")}) == 2
    assert clauses.anchor("说明 三④") == "notes-s3-o4"


def test_every_clause_the_rules_cite_is_one_of_the_pack() -> None:
    rules = PACK.rules
    said = [one.said for group in (rules.categories, rules.exclusions, rules.filing, rules.lines) for one in group]
    said += [one.said for category in rules.categories for one in category.conditions]
    said += [
        one.said for table in (rules.parameters, rules.standards, rules.pots, rules.terms) for one in table.values()
    ]
    cited = {number for found in said for number in found.clauses}
    assert len(cited) > 10
    assert [number for number in sorted(cited) if not ROWS.knows(number)] == []


def test_every_row_is_realised_or_says_where_it_will_be() -> None:
    assert [str(fault) for fault in clauses.check(PACK)] == []
    only_planned = [entry for entry in ROWS if all(item.kind == "planned" for item in entry.realised_by)]
    assert 0 < len(only_planned) < 60
    assert all(
        len({entry.gist for entry in ROWS if entry.clause == number}) == len(rows) for number, rows in ROWS.groups()
    )
