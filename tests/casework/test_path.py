"""The whole way of a Tianjin family, from submission to record."""

from bangfu.casework.models import CaseFile
from tests.casework.kit import Walk


def test_a_family_goes_through_every_step_in_order_and_ends_on_file(walk: Walk) -> None:
    walk.to("done")
    file = CaseFile.objects.get(application=walk.application)
    assert walk.application.state == "filed"
    assert file.category == "deep"
    assert [row.code for row in walk.application.steps.all()] == [
        "application", "unit_review", "home_visit", "public_notice", "authorization", "report_up", "report_up", "industry_review",
        "city_check", "filing", "recheck", "record",
    ]  # fmt: skip
