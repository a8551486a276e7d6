import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.cli.checkout import rows


def drafted(page: Page, name: str, text: str) -> None:
    page.get_by_label("Name of the spec").fill(name)
    page.get_by_label("Training rows as JSON Lines").fill(text)
    page.get_by_role("button", name="Check it").click()


def test_findings_lead_to_their_lines_and_then_to_files(visit: Visit, shown: str) -> None:
    page = visit(shown).open("/new")
    drafted(page, "greeter-2", rows("hello") + '{"messages": []}\n')
    judgement = page.locator("#judgement")
    expect(judgement).to_contain_text("training, line 11")
    expect(judgement.get_by_role("link", name="Download")).to_have_count(0)
    drafted(page, "greeter-2", rows("hello"))
    expect(judgement).to_contain_text("ftops apply greeter-2")
    with page.expect_download() as spec:
        judgement.get_by_role("link", name="Download").first.click()
    assert spec.value.suggested_filename == "greeter-2.yaml"
    assert "train: datasets/greeter-2.train.jsonl" in spec.value.path().read_text()
    with page.expect_download() as data:
        judgement.get_by_role("link", name="Download").last.click()
    assert data.value.path().read_text() == rows("hello")


def test_a_file_is_taken_whole(visit: Visit, shown: str, tmp_path: Path) -> None:
    chosen = tmp_path / "many.jsonl"
    chosen.write_text(rows("hello", 3000))
    page = visit(shown).open("/new")
    page.locator("#training-file").set_input_files(chosen)
    expect(page.locator("#training-told")).to_contain_text("many.jsonl")
    page.get_by_label("Name of the spec").fill("many")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#judgement")).to_contain_text("3,000 rows")


def test_what_is_missing_is_said(visit: Visit, shown: str) -> None:
    page = visit(shown).open("/new")
    page.get_by_label("Name of the spec").fill("empty")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#judgement")).to_contain_text("no training rows yet")


def test_hostile_rows_are_shown_as_text(visit: Visit, shown: str) -> None:
    page = visit(shown).open("/new")
    row = {"<img src=x onerror=alert(1)>": "<script>alert(2)</script>"}
    drafted(page, "hostile", json.dumps(row))
    expect(page.locator("#judgement")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#judgement img, #judgement script")).to_have_count(0)
