"""Reading a text's clauses, and finding them by row and by the number a determination cites."""

from pathlib import Path

import pytest

from bangfu.policy import clauses
from bangfu.policy.source import PackFaults

ENTRY = """\
- id: TJ-{row}
  clause: {clause}
  force: M
  gist: {gist}
  realised_by: [{realised}]
"""


def entry(row="1.a", clause="第一条", gist="要点", realised="{guidance: true}"):
    return ENTRY.format(row=row, clause=clause, gist=gist, realised=realised)


@pytest.fixture
def write(tmp_path):
    def write(*entries: str, name: str = "some_text_2020") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "clauses.yaml").write_text("".join(entries), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def refused(write):
    """The faults of a file, as `(line, message)`."""

    def refused(*entries: str) -> list[tuple[int, str]]:
        with pytest.raises(PackFaults) as caught:
            clauses.load(write(*entries))
        assert all(fault.file == "some_text_2020/clauses.yaml" for fault in caught.value.faults)
        return [(fault.line, fault.message) for fault in caught.value.faults]

    return refused


@pytest.fixture
def text(write):
    """A text whose numbers have every shape that occurs."""
    numbers = [
        "文头",
        "第四条",
        "第四条（一）",
        "第四条（一）排除5",
        "第四条（一）排除5（3）",
        "第四条（三）",
        "第四条（三）1",
        "第四条（三）排除1",
        "附件1 一（二）1",
        "附件1 四（二）3（1）",
        "附件1 四（二）3（2）",
        "附件1 三 步10",
        "附件2 第十条",
    ]
    return clauses.load(write(*[entry(row=f"{n}.a", clause=number) for n, number in enumerate(numbers)]))


def cited(text, citation):
    return [found.clause for found in text.by_number(citation)]


class TestLoading:
    def test_an_entry_keeps_what_the_file_says_and_where_it_stands(self, write):
        loaded = clauses.load(
            write(entry(), entry(row="2.b", clause="第二条", realised="{rule: cause}, {planned: funds}"))
        )
        found = loaded.by_id("TJ-2.b")
        assert (found.clause, found.force, found.gist, found.line) == ("第二条", "M", "要点", 6)
        assert found.file == "some_text_2020/clauses.yaml"
        assert found.pack_id == "some-text-2020"
        assert [(item.kind, item.ref) for item in found.realised_by] == [("rule", "cause"), ("planned", "funds")]

    def test_the_same_id_twice_is_told_with_both_lines(self, refused):
        assert refused(entry(), entry()) == [(6, "TJ-1.a: already stands in line 1")]

    def test_a_missing_gist_is_told(self, refused):
        assert refused(entry().replace("  gist: 要点\n", "")) == [(1, "gist: missing")]

    def test_an_empty_gist_is_told(self, refused):
        assert refused(entry(gist="")) == [(4, "gist: text is missing")]

    def test_a_gist_of_sixty_characters_is_the_longest(self, write, refused):
        assert len(clauses.load(write(entry(gist="字" * 60)))) == 1
        assert refused(entry(gist="字" * 61)) == [(4, "gist: 61 characters, at most 60")]

    def test_an_unknown_kind_is_told(self, refused):
        assert refused(entry(realised="{magic: cause}")) == [(5, "magic: unknown kind")]

    def test_an_unknown_key_is_told_at_its_own_line(self, refused):
        assert refused(entry() + "  quote: 原文\n") == [(6, "quote: unknown key")]

    @pytest.mark.parametrize(
        "realised",
        ["", "{rule: }", "{planned: someday}", "{guidance: false}", "{paper: poem}", "{service: save}", "cause",
         "{rule: cause, step: filing}", "{rule: cause}, {rule: cause}", "{not_software: }"],
    )  # fmt: skip
    def test_a_realisation_that_says_nothing_usable_is_refused(self, refused, realised):
        assert [line for line, _ in refused(entry(realised=realised))] == [5]

    def test_an_unknown_force_is_refused(self, refused):
        assert refused(entry().replace("force: M", "force: X")) == [(3, "X: force is one of M P E C D")]

    def test_a_file_that_is_no_list_is_refused(self, refused):
        assert refused("id: TJ-1.a\n") == [(1, "a list of clauses is expected here")]

    def test_all_faults_are_told_at_once(self, refused):
        assert (
            len(refused(entry(gist=""), entry(row="2.a", realised="{magic: x}"), entry(row="3.a", gist="字" * 70))) == 3
        )


class TestCitations:
    def test_an_exact_number_leads_to_its_entries(self, text):
        assert cited(text, "第四条（一）") == ["第四条（一）"]

    @pytest.mark.parametrize("written", ["附件1 一（二）1", "附件1一(二)1", "附件1　一（二）1．"])
    def test_width_and_spaces_do_not_matter(self, text, written):
        assert cited(text, written) == ["附件1 一（二）1"]

    def test_a_citation_may_name_several_clauses(self, text):
        assert cited(text, "第四条（一）（三）") == ["第四条（一）", "第四条（三）"]

    def test_several_clauses_may_be_set_apart_by_a_mark(self, text):
        assert cited(text, "第四条（一）；附件2 第十条") == ["第四条（一）", "附件2 第十条"]

    def test_the_word_for_exclusion_may_be_left_out(self, text):
        assert cited(text, "第四条（一）5（3）") == ["第四条（一）排除5（3）"]

    def test_an_item_is_preferred_to_the_exclusion_of_the_same_number(self, text):
        assert cited(text, "第四条（三）1") == ["第四条（三）1"]
        assert cited(text, "第四条（三）排除1") == ["第四条（三）排除1"]

    def test_a_finer_number_leads_to_the_nearest_clause_above(self, text):
        assert cited(text, "第四条（一）5（4）甲") == ["第四条（一）排除5"]

    def test_a_number_above_the_entries_leads_to_all_below_it(self, text):
        assert cited(text, "附件1 四（二）3") == ["附件1 四（二）3（1）", "附件1 四（二）3（2）"]

    def test_a_number_no_text_knows_leads_nowhere(self, text):
        assert cited(text, "第九十九条") == []
        assert text.link("第九十九条") is None

    def test_a_number_only_the_parent_knows_leads_to_the_parent(self, write, text):
        parent = clauses.load(write(entry(row="9.a", clause="指引三 1(2)"), name="upper_text_2019"))
        lower = clauses.Clauses(text.entries, parent)
        assert [(found.pack_id, found.clause) for found in lower.by_number("指引三 1(2)")] == [
            ("upper-text-2019", "指引三 1(2)")
        ]
        assert lower.link("第四条（一）") == ("some-text-2020", "c4-p1")
        assert lower.by_id("TJ-9.a") is text.by_id("TJ-9.a")

    def test_a_document_number_in_front_says_which_text_is_meant(self, write):
        upper = write(entry(row="9.a", clause="第四条"), name="upper_text_2019")
        (upper / "pack.yaml").write_text("number: 上发〔2019〕7号\n", encoding="utf-8")
        lower = clauses.load(write(entry(row="4.a", clause="第四条")), clauses.load(upper))
        assert [found.id for found in lower.by_number("第四条")] == ["TJ-4.a"]
        assert [found.id for found in lower.by_number("上发〔2019〕7号 第四条")] == ["TJ-9.a"]
        assert [found.id for found in lower.by_number("第四条；上发〔2019〕7号 第四条")] == ["TJ-4.a", "TJ-9.a"]
        assert lower.by_number("他发〔2019〕7号 第四条") == ()

    def test_a_row_nobody_has_is_a_key_error(self, text):
        assert "TJ-99.z" not in text
        with pytest.raises(KeyError):
            text.by_id("TJ-99.z")


class TestAnchors:
    @pytest.mark.parametrize(
        ("number", "expected"),
        [("第四条（一）排除5（3）", "c4-p1-e-5-q3"), ("附件1 一（二）1", "a1-s1-p2-1"), ("第十五条", "c15"), ("文头", "head"),
         ("附件1 三 步10", "a1-s3-step-10"), ("第八条第二款", "c8-k2")],
    )  # fmt: skip
    def test_an_anchor_is_short_ascii_made_from_the_number(self, number, expected):
        assert clauses.anchor(number) == expected

    def test_the_anchor_does_not_depend_on_the_width_of_brackets(self):
        assert clauses.anchor("附件1 一（二）1") == clauses.anchor("附件1一(二)1")

    def test_an_unforeseen_number_still_has_a_safe_anchor(self):
        assert clauses.anchor("甲") == "xe794b2"
        assert clauses.anchor("3(1)") == "n3-q1"

    def test_different_numbers_have_different_anchors(self, text):
        assert len({found.anchor for found in text}) == len(text)


class TestOverview:
    def test_what_is_still_to_be_built_is_listed_and_counted(self, write):
        loaded = clauses.load(
            write(
                entry(),
                entry(row="2.a", realised="{rule: cause}, {planned: funds}"),
                entry(row="3.a", realised="{rule: cause}"),
            )
        )
        assert [found.id for found in loaded.unrealised()] == ["TJ-2.a"]
        assert loaded.counts() == {"rule": 2, "planned": 1, "guidance": 1}

    def test_entries_of_one_number_stand_together(self, write):
        loaded = clauses.load(write(entry(), entry(row="2.a", clause="第二条"), entry(row="1.b")))
        assert [(number, len(entries)) for number, entries in loaded.groups()] == [("第一条", 2), ("第二条", 1)]

    def test_a_reference_that_the_pack_does_not_have_is_told_with_its_line(self, write):
        loaded = clauses.load(write(entry(realised="{rule: cause}, {clock: lunch}, {planned: funds}")))
        faults = clauses.reference_faults(loaded, {"rule": {"cause"}})
        assert [str(fault) for fault in faults] == [
            "some_text_2020/clauses.yaml:5: TJ-1.a: clock lunch is not in this pack"
        ]
