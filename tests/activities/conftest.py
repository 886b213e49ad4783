"""What every attempt needs."""

import pytest

from tests.support import vendor


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(vendor.SECRET_NAME, vendor.SECRET)
