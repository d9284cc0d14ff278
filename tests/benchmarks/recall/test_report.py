"""Tables as Markdown and files."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.recall.report import Sheet, save

SHEET = Sheet("Recall", ("set", "method", "@5"), (("locomo", "bm25", "62.8"),), names=2)
MARKDOWN = "**Recall**\n\n| set | method | @5 |\n| --- | --- | ---: |\n| locomo | bm25 | 62.8 |\n"


def test_a_table_is_markdown_with_figures_to_the_right() -> None:
    assert SHEET.markdown() == MARKDOWN


def test_a_report_is_saved_as_markdown_and_json(tmp_path: Path) -> None:
    save(tmp_path / "new", "recall", [SHEET, SHEET], {"questions": 3, "set": "é"})
    assert (tmp_path / "new" / "recall.md").read_text(encoding="utf-8") == f"{MARKDOWN}\n{MARKDOWN}"
    assert json.loads((tmp_path / "new" / "recall.json").read_text(encoding="utf-8")) == {"questions": 3, "set": "é"}
