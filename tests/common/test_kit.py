"""The UI kit: what filters and tags make of their input, and what the pages may not contain."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

PACKAGE = Path(__file__).resolve().parents[2] / "bangfu"
KIT = sorted(PACKAGE.glob("*/templates/**/*.html"))


def made(source: str, **context: Any) -> str:
    page = Context(context)
    page.request = context.get("request")  # as a view's RequestContext has it
    return Template(source).render(page).strip()


class Form(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    wage = forms.CharField(label="月工资", required=False)
    relation = forms.ChoiceField(label="关系", choices=[("self", "本人")])
    marital = forms.ChoiceField(label="婚姻", widget=forms.RadioSelect, choices=[("a", "未婚"), ("b", "已婚")])
    lives = forms.BooleanField(label="共同生活", required=False)


class TestFilters:
    @pytest.mark.parametrize(
        ("source", "value", "shown"),
        [
            ("{{ value|yuan }}", 101_000, "1,010.00"),
            ("{{ value|yuan }}", 0, "0.00"),
            ("{{ value|yuan }}", None, "—"),
            ("{{ value|capital }}", 101_000, "壹仟零壹拾元整"),
            ("{{ value|zh_date }}", date(2020, 10, 5), "2020年10月5日"),
            ("{{ value|zh_date }}", "2020-10-05", "2020年10月5日"),
            ("{{ value|zh_date }}", None, "—"),
            ("{{ value|iso_date }}", date(2020, 10, 5), "2020-10-05"),
            ("{{ value|iso_date }}", "no date", "—"),
            ("{{ value|month_zh }}", "2020-03", "2020年3月"),
            ("{{ value|mask_name }}", "欧阳小明", "欧***"),
            ("{{ value|mask_id }}", "120101198001011234", "1201**********1234"),
            ("{{ value|mask_phone }}", "13800138000", "138****8000"),
            ("{{ value|union_short }}", "和平店工会", "和平店工会"),
        ],
    )
    def test_a_value_is_shown_as_people_read_it(self, source: str, value: Any, shown: str) -> None:
        assert made(source, value=value) == shown

    def test_a_moment_is_shown_in_the_time_zone_of_the_office(self) -> None:
        from datetime import UTC

        assert (
            made("{{ value|zh_date }} {{ value|zh_time }}", value=datetime(2020, 10, 4, 17, 5, tzinfo=UTC))
            == "2020年10月5日 2020-10-05 01:05"
        )


class TestFields:
    def test_label_help_unit_and_error_belong_to_the_control(self) -> None:
        form = Form({"name": "", "wage": "12,3", "marital": "a", "relation": "self"})
        form.is_valid()
        form.add_error("wage", "逗号位置不对")
        name, wage = (
            made("{% field form.name %}", form=form),
            made('{% field form.wage unit="元/月" capital=True %}', form=form),
        )
        assert '<label class="field-label" for="id_name">' in name
        assert 'aria-describedby="id_name_help id_name_error"' in name
        assert 'id="id_name_help"' in name
        assert 'aria-invalid="true"' in name
        assert "选填" not in name
        assert "选填" in wage
        assert 'inputmode="decimal"' in wage
        assert 'value="12,3"' in wage
        assert re.search(r'id="id_wage_error">.*逗号位置不对', wage, re.S)
        assert "元/月" in wage
        assert "data-capital" in wage

    def test_a_group_of_choices_is_a_fieldset_with_a_legend(self) -> None:
        shown = made("{% field form.marital %}", form=Form())
        assert "<fieldset" in shown
        assert re.search(r"<legend[^>]*>婚姻", shown)
        assert shown.count('type="radio"') == 2

    def test_other_words_become_attributes_and_are_escaped(self) -> None:
        shown = made('{% field form.name hx_get=address data_x="" %}', form=Form(), address='/a?"b"')
        assert 'hx-get="/a?&quot;b&quot;"' in shown
        assert "data-x" in shown

    def test_errors_on_top_link_to_their_fields(self) -> None:
        form = Form({})
        form.is_valid()
        form.add_error(None, "两处对不上")
        shown = made('{% include "kit/errors.html" %}', form=form)
        assert 'role="alert"' in shown
        assert "两处对不上" in shown
        assert re.search(r'<a href="#id_name">姓名：', shown)
        assert made('{% include "kit/errors.html" %}', form=Form()) == ""


class TestStates:
    @pytest.mark.parametrize(
        ("code", "word", "colour"),
        [
            ("draft", "草稿", "grey"), ("in_progress", "办理中", "blue"), ("returned", "退回", "amber"), ("overdue", "到期", "red"),
            ("filed", "在册", "green"), ("taper", "渐退", "teal"), ("closed", "已注销", "dark"),
        ],
    )  # fmt: skip
    def test_a_state_has_one_word_and_one_colour(self, code: str, word: str, colour: str) -> None:
        assert made("{% state code %}", code=code) == f'<span class="state state-{colour}">{word}</span>'

    @pytest.mark.parametrize(
        ("due", "kind", "word"),
        [
            ("2020-10-13", "late", "已到期 2 天"),
            ("2020-10-15", "soon", "今天到期"),
            ("2020-10-16", "soon", "明天到期"),
            ("2020-10-20", "calm", "还有 5 天"),
        ],
    )
    def test_a_clock_says_how_long_in_a_word_too(self, due: str, kind: str, word: str) -> None:
        shown = made("{% clock due False today %}", due=date.fromisoformat(due), today=date(2020, 10, 15))
        assert f"clock-{kind}" in shown
        assert word in shown
        assert "暂定" not in shown

    def test_a_provisional_date_says_so(self) -> None:
        shown = made("{% clock due True today %}", due=date(2027, 2, 1), today=date(2027, 1, 1))
        assert "暂定" in shown
        assert "—" in made("{% clock None %}")

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("{% bar 96000 101000 label='低保标准' holds=True %}", "低于标准 50.00 元"),
            ("{% bar 109400 101000 label='低保标准' holds=False %}", "高于标准 <span>84.00</span> 元"),
            ("{% bar 101000 101000 label='低保标准' holds=True %}", "等于标准"),
            ("{% bar 96000 101000 label='低保标准' high=120000 %}", "960.00 至 1,200.00"),
            ("{% bar None 101000 label='低保标准' %}", "还不知道"),
            ("{% bar -500 101000 label='低保标准' holds=True %}", "低于标准 1,015.00 元"),
        ],
    )
    def test_a_bar_says_its_margin_in_words(self, source: str, said: str) -> None:
        shown = made(source)
        assert said in shown
        assert 'role="img"' in shown
        assert not re.search(r'(x|width)="-', shown)


class TestLists:
    def test_a_heading_turns_the_order_and_keeps_the_filter(self) -> None:
        request = RequestFactory().get("/", {"state": "returned", "sort": "name", "page": "3"})
        shown = made("{% sort_th 'name' '姓名' %}{% sort_th 'due' '期限' %}", request=request)
        assert 'aria-sort="ascending"' in shown
        assert 'href="?state=returned&amp;sort=-name"' in shown
        assert 'href="?state=returned&amp;sort=due"' in shown

    def test_the_pager_counts_and_leads_on(self) -> None:
        request = RequestFactory().get("/", {"state": "returned", "page": "2"})
        shown = made(
            '{% include "kit/pager.html" with page=page %}', page=Paginator(range(60), 20).page(2), request=request
        )
        assert "共 60 条，第 2 / 3 页" in shown
        assert "state=returned&amp;page=3" in shown

    def test_a_plain_table_gives_each_cell_the_class_of_its_heading(self) -> None:
        shown = made(
            '{% include "kit/table.html" with caption="金额" %}',
            heads=[("项目", ""), ("元", "num")],
            rows=[["工资", "<1>"]],
        )
        assert '<td class="num">&lt;1&gt;</td>' in shown
        assert "<td>工资</td>" in shown

    def test_tabs_name_the_open_one(self) -> None:
        shown = made('{% include "kit/tabs.html" %}', tabs=[("退回", "?s=1", 3, True), ("全部", "?s=2", None, False)])
        assert shown.count("aria-current") == 1
        assert '<span class="tab-count">3</span>' in shown

    def test_a_dialog_asks_its_own_fields_and_not_those_of_the_page(self) -> None:
        source = '{% include "kit/confirm.html" with id="x" label="退回" title="退回 张三 的申请" action_url="/x" %}'
        shown = made(source, form=Form(), csrf_token="t")
        assert 'data-dialog="x-dialog"' in shown
        assert "id_name" not in shown
        assert "退回 张三 的申请" in shown


class TestStrictPages:
    @pytest.mark.parametrize("path", KIT, ids=lambda path: str(path.relative_to(PACKAGE)))
    def test_no_template_has_inline_script_style_or_foreign_address(self, path: Path) -> None:
        source = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        assert not re.search(r"<style|\sstyle\s*=", source)
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
        assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", source)
        assert not re.search(r"(src|href|action)=[\"'](https?:)?//", source)
        assert "javascript:" not in source

    def test_every_icon_that_a_template_names_is_in_the_sprite(self) -> None:
        sprite = Path(str(finders.find("bangfu/icons.svg"))).read_text(encoding="utf-8")
        known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
        named = {
            name for path in KIT for name in re.findall(r"\{% icon \"([^\"]+)\"", path.read_text(encoding="utf-8"))
        }
        assert named
        assert named - known == set()

    def test_every_icon_of_the_rail_is_in_the_sprite(self, settings: Any) -> None:
        sprite = Path(str(finders.find("bangfu/icons.svg"))).read_text(encoding="utf-8")
        assert [item["icon"] for item in settings.BANGFU_RAIL if f'id="{item["icon"]}"' not in sprite] == []

    @pytest.mark.parametrize("kind", ["css", "js"])
    def test_no_style_or_script_of_ours_asks_another_host(self, kind: str) -> None:
        files = [*PACKAGE.glob(f"common/static/bangfu/**/*.{kind}"), *PACKAGE.glob(f"common/static/vendor/**/*.{kind}")]
        assert files
        for path in files:
            source = path.read_text(encoding="utf-8")
            assert not re.search(r"url\([\"']?(https?:)?//|@import|sourceMappingURL", source), path
            assert not re.search(r"\beval\(|new Function\(", source), path

    def test_imports_between_modules_survive_the_hashed_names(self, settings: Any, tmp_path: Path) -> None:
        settings.STATIC_ROOT = tmp_path
        settings.STORAGES = {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "bangfu.common.storage.StaticStorage"},
        }
        call_command("collectstatic", interactive=False, verbosity=0)
        (desk,) = (path for path in (tmp_path / "bangfu/js").glob("desk.*.js"))
        imported = re.findall(r'from "\./([^"]+)"|import\s*"\./([^"]+)"', desk.read_text(encoding="utf-8"))
        names = [one or other for one, other in imported]
        assert len(names) >= 7
        assert [name for name in names if not (tmp_path / "bangfu/js" / name).is_file()] == []
        assert not (tmp_path / "bangfu/js/desk.js").exists()


def test_an_error_page_needs_nobody_signed_in_and_shows_a_way_on() -> None:
    shown = made('{% include "kit/error.html" %}', status=404, heading="没有找到这一页", text="地址可能不完整。")
    assert "<h1>没有找到这一页</h1>" in shown
    assert 'href="/"' in shown
    assert "404" in shown
