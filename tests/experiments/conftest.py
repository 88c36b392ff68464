import pytest

import small_runs


@pytest.fixture
def few_images(monkeypatch):
    small_runs.few_images(monkeypatch)
    yield
    small_runs.forget_images()
