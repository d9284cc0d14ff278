"""Google Takeout's activity of Gemini, on small samples made after what it sends."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from imported import Imported, ids, imported

from memoryos.errors import ConfigError
from memoryos_mcp.importers import importer_of


def item(title: str, time: str, *html: str, **more: object) -> dict[str, object]:
    return {
        "header": "Gemini Apps",
        "title": title,
        "time": time,
        "products": ["Gemini Apps"],
        "activityControls": ["Gemini Apps Activity"],
        **({"safeHtmlItem": [{"html": part} for part in html]} if html else {}),
        **more,
    }


LINK = "https://gemini.google.com/app/abc123def"
ACTIVITY = [
    item("Created Gemini Canvas titled Trip", "2026-02-03T08:00:00.000Z", "<p>A canvas.</p>"),
    item("Gave feedback: Good response", "2026-02-03T07:59:00.000Z"),
    item(
        "Prompted And Nice?",
        "2026-02-02T07:25:00.000Z",
        "<p>By the <b>sea</b> &amp; sun.</p><ul><li>One</li><li>Two</li></ul>",
        "<p>Warm.</p>",
        details=[{"name": LINK, "url": LINK}],
        imageFile="coast.png",
        attachedFiles=["plan.pdf"],
    ),
    {"header": "Search", "title": "Searched for gemini", "time": "2026-02-02T07:24:30.000Z", "products": ["Search"]},
    item("Prompted Where is Lyon?", "2026-02-02T07:24:02.806Z", "<p>In France.</p>", titleUrl=LINK),
]
READ = [
    Imported(
        "Where is Lyon?",
        "In France.",
        "2026-02-02T07:24:02",
        {"source": "gemini", "conversation": "", "conversation_id": "abc123def"},
    ),
    Imported(
        "And Nice?",
        "By the sea & sun.\n- One\n- Two\n\nWarm.",
        "2026-02-02T07:25:00",
        {
            "source": "gemini",
            "conversation": "",
            "conversation_id": "abc123def",
            "attachments": ["plan.pdf", "coast.png"],
        },
    ),
]


def test_the_activity_has_each_prompt_with_its_answer_in_the_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "MyActivity.json"
    path.write_text(json.dumps(ACTIVITY), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "takeout.zip", "w") as archive:
        archive.writestr("Takeout/My Activity/Search/MyActivity.json", json.dumps([{"header": "Search"}]))
        archive.writestr("Takeout/Gemini/gemini_gems_data.html", "<html>Gems</html>")
        archive.writestr("Takeout/My Activity/Gemini Apps/MyActivity.json", json.dumps(ACTIVITY))

    assert importer_of(path)[0] == "gemini"
    assert imported(path) == imported(tmp_path / "takeout.zip") == READ
    assert ids(path) == ids(tmp_path / "takeout.zip")


def test_a_later_activity_has_the_same_ids(tmp_path: Path) -> None:
    first, later = tmp_path / "first.json", tmp_path / "later.json"
    first.write_text(json.dumps(ACTIVITY), encoding="utf-8")
    newer = item("Prompted More?", "2026-03-01T07:25:00.000Z", "<p>No.</p>")
    later.write_text(json.dumps([newer, *ACTIVITY]), encoding="utf-8")

    assert ids(later)[:2] == ids(first)


def cell(body: str) -> str:
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">Gemini Apps<br></p></div>'
        f'<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">{body}</div>'
        '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
        '<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption"><b>Products:</b><br>&emsp;Gemini '
        f'Apps<br><b>Details:</b><br>&emsp;<a href="{LINK}">{LINK}</a><br></div></div></div>'
    )


def page(*cells: str) -> str:
    return f"<html><head><title>My Activity History</title></head><body>{''.join(cells)}</body></html>"


@pytest.mark.parametrize(
    ("body", "said", "answered", "at"),
    [
        (
            "Prompted&nbsp;What is a sine wave?<br>Jul 25, 2026, 11:07:57\u202fPM PDT<br><p>A <b>smooth</b> wave.</p>",
            "What is a sine wave?",
            "A smooth wave.",
            "2026-07-26T06:07:57",
        ),
        (
            f'Prompted <a href="{LINK}">Which version?</a><br>Apr 12, 2026, 3:34:31 PM EDT<p>2.5 Pro.</p>',
            "Which version?",
            "2.5 Pro.",
            "2026-04-12T19:34:31",
        ),
        (
            "Prompted first line<br>second &lt;line&gt;<br>6 Jun 2026, 08:53:12 CEST<br><div>Yes<br>No</div>",
            "first line\nsecond <line>",
            "Yes\nNo",
            "2026-06-06T06:53:12",
        ),
        (
            "Prompted 12 at night<br>Jan 1, 2026, 12:00:05 AM UTC<br><p>Ok</p>",
            "12 at night",
            "Ok",
            "2026-01-01T00:00:05",
        ),
    ],
)
def test_the_activity_as_html_is_read(tmp_path: Path, body: str, said: str, answered: str, at: str) -> None:
    path = tmp_path / "MyActivity.html"
    path.write_text(page(cell(body), cell("Created Gemini Canvas<br>Jul 27, 2026, 10:00:00 AM PDT<br>")), "utf-8")

    about: dict[str, object] = {"source": "gemini", "conversation": "", "conversation_id": "abc123def"}
    assert importer_of(path)[0] == "gemini"
    assert imported(path) == [Imported(said, answered, at, about)]


def test_a_date_in_an_unknown_form_is_named(tmp_path: Path) -> None:
    path = tmp_path / "MyActivity.html"
    path.write_text(page(cell("Prompted Hallo<br>vor zwei Wochen<br><p>Hi</p>")), "utf-8")

    with pytest.raises(ConfigError, match="entry 1: a date in a form that is not known; take JSON at takeout"):
        imported(path)
