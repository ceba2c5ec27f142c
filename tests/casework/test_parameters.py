"""Numbers that a text leaves to the installation come from its environment, and from nowhere else."""

from typing import Any

import pytest
from pydantic import ValidationError

from bangfu.casework import flow
from bangfu.config.env import Environment


@pytest.mark.req("TA-A-12.09")
def test_the_length_of_a_notice_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setenv("BANGFU_PARAMETERS", '{"publicity_days": 7}')
    settings.BANGFU_PARAMETERS = Environment().parameters
    assert flow.parameter("publicity_days") == 7
    assert flow.parameter("notice_days") is None


@pytest.mark.parametrize("value", ["seven", '{"publicity_days": "soon"}', "[5]"])
def test_a_wrong_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BANGFU_PARAMETERS", value)
    with pytest.raises((ValidationError, ValueError)):
        Environment()


def test_nothing_is_set_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANGFU_PARAMETERS", raising=False)
    assert Environment().parameters == {}
