"""An identity number is searched for without leaving it in addresses, which histories and proxies keep."""

from typing import Any

import pytest

from bangfu.families import services as families
from bangfu.organizations.choices import Role
from tests.casework import kit
from tests.factories import Tree, client_for, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def found(tree: Tree) -> tuple[Any, str, str]:
    """The office, a family's number and its worker's identity number."""
    office = kit.Office(tree)
    number = kit.id_number("1976-03-18")
    return office, families.open_household(office.clerk, at=kit.AT, name="王秀兰", id_number=number).number, number


@pytest.mark.parametrize("address", ["/families/", "/cases/search/"])
def test_a_number_is_found_by_a_posted_form_and_stands_in_no_address(found: tuple[Any, str, str], address: str) -> None:
    office, family, number = found
    answer = client_for(office.clerk).post(address, {"q": number})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert family in page
    assert f"q={number}" not in page
    wrong = client_for(office.clerk).post(address, {"q": number[:-1] + "?"})
    assert wrong.status_code == 200  # mistyped, and still kept out of the address
    assert family not in wrong.content.decode()


@pytest.mark.parametrize("address", ["/families/", "/cases/search/"])
def test_a_name_leads_to_an_address_that_can_be_kept(found: tuple[Any, str, str], address: str) -> None:
    office, family, _ = found
    client = client_for(office.clerk)
    answer = client.post(address, {"q": "王秀"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{address}?")
    assert family in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("address", ["/families/", "/cases/search/"])
def test_every_search_field_for_numbers_is_in_a_posted_form(found: tuple[Any, str, str], address: str) -> None:
    from html.parser import HTMLParser

    methods: list[str] = []

    class Forms(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag == "form" and given.get("role") == "search":
                methods.append(str(given.get("method", "get")))

    Forms().feed(client_for(found[0].clerk).get(address).content.decode())
    assert methods == ["post", "post"]


@pytest.mark.parametrize("address", ["/families/", "/cases/search/"])
def test_a_foreign_union_finds_nothing_by_the_number(found: tuple[Any, str, str], address: str) -> None:
    office, family, number = found
    page = client_for(person(Role.CLERK, office.tree.foreign_unit)).post(address, {"q": number}).content.decode()
    assert family not in page
    assert "王秀兰" not in page
