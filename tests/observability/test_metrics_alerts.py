"""Alerts: each is of use to whoever is called by it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.observability.queries import rules_in

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/observability"
RULES = rules_in(FOLDER)


@pytest.mark.parametrize("rule", RULES, ids=lambda each: each["alert"])
def test_an_alert_leads_to_a_section_of_the_runbook(rule: Mapping[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"(?m)^## (.+)$", (ROOT / page).read_text())
    assert anchor in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_alert_has_a_case_in_which_it_fires() -> None:
    cases = yaml.safe_load((FOLDER / "alerts.test.yaml").read_text())["tests"]
    firing = {
        each["alertname"]
        for case in cases
        for each in case["alert_rule_test"]
        if each.get("exp_alerts")
    }
    assert firing == {each["alert"] for each in RULES}
