"""What a person keeps private does not reach the memory, nor does a secret; ordinary text does, as it was written.

Tokens are drawn here, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import random
import string
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos_mcp import privacy
from memoryos_mcp.privacy import Masked, masked, without_private

ALNUM: Final = string.ascii_letters + string.digits
HEX: Final = "0123456789abcdef"
CAPITALS: Final = string.ascii_uppercase + "234567"


def drawn(length: int, letters: str = ALNUM) -> str:
    return "".join(random.Random(f"{length}{letters}").choices(letters, k=length))


def key_block(kind: str, line_end: str = "\n") -> str:
    lines = [drawn(64), drawn(64, ALNUM + "+/"), drawn(22) + "=="]
    return line_end.join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])


TOKENS: Final = {
    "sk-ant-" + "api03-" + drawn(93) + "AA": "Anthropic key",
    "sk-or-" + "v1-" + drawn(64, HEX): "OpenRouter key",
    "sk-proj-" + drawn(60) + "_" + drawn(40): "OpenAI key",
    "sk-svcacct-" + drawn(70): "OpenAI key",
    "sk-" + drawn(20) + "T3Blbk" + "FJ" + drawn(20): "OpenAI key",
    "sk-" + drawn(32, HEX): "API key",
    "ghp" + "_" + drawn(36): "GitHub token",
    "ghs" + "_" + drawn(40): "GitHub token",
    "github" + "_pat_" + drawn(22) + "_" + drawn(59): "GitHub token",
    "glpat" + "-" + drawn(20): "GitLab token",
    "glrt" + "-" + drawn(27) + ".01." + drawn(9, HEX): "GitLab token",
    "xoxb" + "-" + drawn(12, "123456789") + "-" + drawn(24): "Slack token",
    "xapp" + "-1-" + drawn(11, CAPITALS) + "-" + drawn(13, "123456789") + "-" + drawn(64, HEX): "Slack token",
    "AKIA" + drawn(16, CAPITALS): "AWS key",
    "ASIA" + drawn(16, CAPITALS): "AWS key",
    "AIza" + drawn(35): "Google key",
    "GOCSPX" + "-" + drawn(28): "Google secret",
    "ya29" + ".a0" + drawn(60): "Google token",
    "sk" + "_live_" + drawn(24): "Stripe key",
    "rk" + "_test_" + drawn(99): "Stripe key",
    "whsec" + "_" + drawn(32): "webhook secret",
    "hf" + "_" + drawn(34): "Hugging Face token",
    "npm" + "_" + drawn(36): "npm token",
    "pypi" + "-AgEIcHlwaS5vcmc" + drawn(120): "PyPI token",
    drawn(10, "123456789") + ":AA" + drawn(33): "Telegram token",
    "SG" + "." + drawn(22) + "." + drawn(43): "SendGrid key",
    "SK" + drawn(32, HEX): "Twilio key",
    "key" + "-" + drawn(32, HEX): "Mailgun key",
    drawn(32, HEX) + "-us" + "12": "Mailchimp key",
    "xkeysib" + "-" + drawn(64, HEX) + "-" + drawn(16): "Brevo key",
    "dop" + "_v1_" + drawn(64, HEX): "DigitalOcean token",
    "dapi" + drawn(32, HEX): "Databricks token",
    "shpat" + "_" + drawn(32, HEX): "Shopify token",
    "sq0atp" + "-" + drawn(22): "Square token",
    "ntn" + "_" + drawn(46): "Notion token",
    "lin" + "_api_" + drawn(40): "Linear key",
    "ATATT3" + drawn(186): "Atlassian token",
    "HRKU" + "-AA" + drawn(58): "Heroku key",
    "gsk" + "_" + drawn(52): "Groq key",
    "xai" + "-" + drawn(80): "xAI key",
    "pplx" + "-" + drawn(48): "Perplexity key",
    "r8" + "_" + drawn(37): "Replicate token",
    "tvly" + "-dev-" + drawn(32): "Tavily key",
    "hvs" + "." + drawn(92): "Vault token",
    drawn(14) + ".atlasv1." + drawn(67): "Terraform token",
    "dp" + ".pt." + drawn(43): "Doppler token",
    "pul" + "-" + drawn(40, HEX): "Pulumi token",
    "glsa" + "_" + drawn(32) + "_" + drawn(8, HEX): "Grafana token",
    "sntryu" + "_" + drawn(64, HEX): "Sentry token",
    "NRAK" + "-" + drawn(27, CAPITALS): "New Relic key",
    "PMAK" + "-" + drawn(24, HEX) + "-" + drawn(34, HEX): "Postman key",
    "rubygems" + "_" + drawn(48, HEX): "RubyGems key",
    "pscale" + "_tkn_" + drawn(43): "PlanetScale token",
    "sbp" + "_" + drawn(40, HEX): "Supabase key",
    "tskey" + "-auth-" + drawn(12) + "-" + drawn(32): "Tailscale key",
    "fo1" + "_" + drawn(43): "Fly token",
    "ops" + "_eyJ" + drawn(260): "1Password token",
    drawn(3) + "8Q" + "~" + drawn(34): "Azure secret",
    "AGE-SECRET" + "-KEY-1" + drawn(58, CAPITALS): "age key",
    "eyJ" + drawn(33) + ".eyJ" + drawn(80) + "." + drawn(43): "JSON web token",
    "eyJ" + drawn(33) + "." + drawn(60) + "." + drawn(16) + "." + drawn(90) + "." + drawn(22): "JSON web token",
}


@pytest.mark.parametrize(
    ("token", "name"), TOKENS.items(), ids=[f"{name} {n}" for n, name in enumerate(TOKENS.values())]
)
def test_a_vendors_token_is_masked_wherever_it_stands(token: str, name: str) -> None:
    mask = f"[masked: {name}]"

    assert masked(f"Use {token}, please.") == Masked(f"Use {mask}, please.", 1)
    assert masked(f'"{token}"') == Masked(f'"{mask}"', 1)
    assert masked(f"one\\n{token}\\ntwo") == Masked(f"one\\n{mask}\\ntwo", 1)
    assert masked(f"{token}\n{token}") == Masked(f"{mask}\n{mask}", 2)
    assert masked(f"API_KEY={token}") == Masked(f"API_KEY={mask}", 1)


def test_the_shortest_token_of_all_is_masked() -> None:
    assert masked("xoxb-a1b2c3d4e5\nxoxb-a1b2c3d4") == ("[masked: Slack token]\nxoxb-a1b2c3d4", 1)


def test_every_kind_of_token_is_tried() -> None:
    webhooks = {"Slack webhook", "Discord webhook"}

    assert {kind.name for kind in privacy._TOKENS} == set(TOKENS.values()) | webhooks


def test_the_address_of_a_webhook_is_masked() -> None:
    slack = "hooks.slack.com/services/" + "T" + drawn(8) + "/B" + drawn(8) + "/" + drawn(24)
    discord = "discord.com/api/webhooks/" + drawn(18, "123456789") + "/" + drawn(68)

    assert masked(f"https://{slack} https://{discord}") == Masked(
        "https://[masked: Slack webhook] https://[masked: Discord webhook]", 2
    )


@pytest.mark.parametrize(
    "kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
)
@pytest.mark.parametrize("line_end", ["\n", "\\n", "\r\n"])
def test_a_block_of_a_private_key_is_masked_whole(kind: str, line_end: str) -> None:
    block = key_block(kind, line_end)

    assert masked(f"a\n{block}\nb\n{block}") == Masked("a\n[masked: private key]\nb\n[masked: private key]", 2)


def test_of_a_key_block_without_its_end_the_lines_go_that_are_there() -> None:
    block = "\n".join(key_block("RSA PRIVATE KEY").splitlines()[:3])

    assert masked(f"{block}\nThat is all I have.") == Masked("[masked: private key]\nThat is all I have.", 1)
    assert masked(f"{block}\n{key_block('PRIVATE KEY')}!") == Masked("[masked: private key]\n[masked: private key]!", 2)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgres://ada:{}@db.example:5432/x", "[masked: password]"),
        ("https://ada:{}@example.com", "[masked: password]"),
        ("redis://:{}@localhost/0", "[masked: password]"),
        ("curl -sS -u ada:{} https://example.com", "[masked: password]"),
        ("Authorization: Bearer {}", "[masked: credentials]"),
        ("-H 'authorization: Basic {}'", "[masked: credentials]"),
        ("password={}", "[masked: password]"),
        ("password: {}", "[masked: password]"),
        ("Password: {}.", "[masked: password]"),
        ("**Password:** {}", "[masked: password]"),
        ("DB_PASS={}", "[masked: password]"),
        ("dbPassword = '{}';", "[masked: password]"),
        ('{{"password": "{}", "user": "ada"}}', "[masked: password]"),
        ('{{\\"password\\": \\"{}\\"}}', "[masked: password]"),
        ('config["password"] = "{}"', "[masked: password]"),
        ('password: str = "{}"', "[masked: password]"),
        ('if password == "{}":', "[masked: password]"),
        ("Server=db;Uid=ada;Pwd={};Database=x", "[masked: password]"),
        ("https://example.com/?password={}&page=1", "[masked: password]"),
        ("PASSWORD={}\\nUSER=ada", "[masked: password]"),
        ("mysql --password {} -h db", "[masked: password]"),
        ("<password>{}</password>", "[masked: password]"),
        ("Passwort: {}", "[masked: password]"),
        ("пароль: {}", "[masked: password]"),
        ("密码：{}", "[masked: password]"),
        ("api_key: {}", "[masked: secret]"),
        ("X-Api-Key: {}", "[masked: secret]"),
        ("export SOME_API_KEY_PROD='{}'", "[masked: secret]"),
        ("aws_secret_access_key = {}", "[masked: secret]"),
        ("AccountKey={};EndpointSuffix=x", "[masked: secret]"),
        ("clientSecret: `{}`", "[masked: secret]"),
        ("?access_token={}&state=1", "[masked: secret]"),
    ],
)
def test_what_is_assigned_to_a_telling_name_is_masked_and_nothing_else(text: str, kept: str) -> None:
    secret = "Tr0ub4dor3x" + drawn(9)

    assert masked(text.format(secret)) == Masked(text.format(kept), 1)


@pytest.mark.parametrize("text", ["password=correcthorse", "DB_PASSWORD=correcthorse", 'password: "correcthorse"'])
def test_a_password_of_letters_is_masked_where_it_is_surely_assigned(text: str) -> None:
    assert masked(text) == Masked(text.replace("correcthorse", "[masked: password]"), 1)


def test_an_api_key_may_be_a_uuid() -> None:
    assert masked(f"API_KEY={uuid.UUID(drawn(32, HEX))}") == Masked("API_KEY=[masked: secret]", 1)


@pytest.mark.parametrize(
    "text",
    [
        f"id {uuid.UUID(drawn(32, HEX))}",
        f"commit {hashlib.sha1(b'a').hexdigest()}",
        f"sha256:{hashlib.sha256(b'a').hexdigest()} md5 {hashlib.md5(b'a').hexdigest()}",
        "It costs $1,299.99, or 12.50 EUR; the token price is 0.123, tokens: $0.000015.",
        "token: $0.000015",
        "data:image/png;base64," + base64.b64encode(random.Random(1).randbytes(60_000)).decode(),
        "data:application/json;base64,eyJ" + drawn(200),
        "password = input()",
        "password = getpass.getpass()",
        'password = os.environ["PASSWORD"]',
        "def login(user: str, password: str, token: str | None = None) -> Token:",
        "login(user=user, password=password, token=token)",
        "login(user=user, password=db_pass)",
        "connect(password=phrase)",
        "const token = getToken(user1);",
        "self.token = settings.token_v2",
        "token = next_token_v2",
        "password?: string;",
        "password: Optional[str] = None",
        "max_tokens: 4096",
        "token_count = 12345678",
        "secret_name: my-secret-name-1",
        'password_hash = "abcdef123456"',
        'tokenizer = "bert-base-uncased"',
        "private_key: /etc/ssl/key1.pem",
        "OLDPWD=/srv/ada/projects1",
        "api_key: <your-key>",
        'api_key = "your-api-key-here-1"',
        "API_KEY=$OPENAI_API_KEY",
        'token = f"{user.id}:{randbits(64)}"',
        "url = `https://example.com?token=${user1.token1}`",
        "Give --username and --password options, or --token values.",
        "API_KEY=${API_KEY1}",
        "password: {{ vault_password1 }}",
        "password=********",
        "password: changeme123",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        "Password: must be at least 8 characters",
        "Password: required",
        "password: sha256",
        'password: "Enter your password"',
        "Bearer token, the bearer of this letter",
        "Authorization: Bearer <token>",
        "https://ada:${PASSWORD}@example.com",
        "https://example.com:8080/a@b and http://localhost:3000 bob@example.com",
        "git@github.com:owner/repo.git",
        "task-list-of-everything-in-1-place risk-assessment2026forallofus",
        "It begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----.",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n" + drawn(64) + "\n-----END PUBLIC KEY-----",
        "",
    ],
    ids=lambda text: text[:40],
)
def test_ordinary_text_stays_as_it_was_written(text: str) -> None:
    assert masked(text) == Masked(text, 0)


PARTS: Final = (
    *list(TOKENS)[:12],
    *("password", "token", "api_key", "secret", "Authorization", "bearer ", "curl -u ", "--password "),
    *(
        "=",
        ": ",
        " = ",
        '"',
        "'",
        "`",
        "\\",
        "\\n",
        "\n",
        " ",
        ",",
        ";",
        "&",
        "@",
        "://",
        "a:",
        "/",
        "(",
        ")",
        "[",
        "]",
        "<",
    ),
    *("hunter2", "Tr0ub4dor&3", "correcthorse", "None", "x", "1", "[masked: password]", "[masked: ", "eyJ", "sk-"),
    *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", drawn(64)),
)


@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_a_masked_text_has_nothing_more_to_mask(text: str) -> None:
    once = masked(text)

    assert masked(once.text) == Masked(once.text, 0)


@given(st.text(), st.text())
def test_a_text_without_secrets_or_tags_stays_whatever_it_is(text: str, private: str) -> None:
    found = masked(text)

    assert found.count > 0 or found.text == text
    if "<" not in text + private:
        assert without_private(f"{text}<private>{private}</private>{text}") == text + text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("nothing", "nothing"),
        ("a <private>b</private> c", "a  c"),
        ("a <PRIVATE>b\nb</Private > c", "a  c"),
        ("<private>a</private>b<private>c</private>d", "bd"),
        ("a <private>b", "a "),
        ("a <private>b <private>c</private> d</private> e", "a  e"),
        ("a <private>b <private>c</private> d", "a "),
        ("a </private> b", "a </private> b"),
        ("<private></private>", ""),
        ("<privateer> a < private", "<privateer> a < private"),
    ],
)
def test_what_stands_between_the_tags_is_left_out(text: str, kept: str) -> None:
    assert without_private(text) == kept


def test_nothing_but_re_and_typing_is_imported() -> None:
    """It runs in a hook that has 250 ms with the start of Python."""
    tree = ast.parse(Path(privacy.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]

    assert [ast.unparse(node) for node in imports] == [
        "from __future__ import annotations",
        "import re",
        "from typing import Final, NamedTuple",
    ]


HALF, WHOLE = 50_000, 100_000
MOST_RATIO: Final = 3.0
NOISE_SECONDS: Final = 0.1
UNITS: Final = (
    *("a", "1", " ", "\n", "\\", "[masked: ", "The token of the key is a secret, and I pass it on. "),
    *("password=", 'password="', "password='\"", 'token="\\', "password: ", "secret=x", "password=a&b", "token=a,a"),
    *("_pass", "api_key ", "token: a.a[", "token>", "token = a.", "secret=a_a_", "password=a/", "--password "),
    *("authorization: bearer ", "bearer ", "curl ", "curl -u a", "://", "://a:", "a:b@", "://a:b@"),
    *(
        "eyJ",
        "eyJaaaaaaaaaa.",
        "eyJaaaaaaaaaa-",
        "sk-",
        "sk-a1",
        "glpat-",
        "SG.aaaaaaaaaaaaaaaaaa",
        ":A",
        "0123456789abcdef",
    ),
    *(".atlasv1.", "dp.st.a", "-us", "xoxb-", "AKIA", "aaa1Q~", "hooks.slack.com/", "AAAA"),
    *("-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----"),
    *("<private>", "<private ", "</private>", "<private>a</private>"),
)


def least_seconds(read: Callable[[str], object], text: str) -> float:
    """The least processor time of three runs; of one, where that is next to nothing."""
    least = float("inf")
    for _ in range(3):
        started = time.process_time()
        read(text)
        least = min(least, time.process_time() - started)
        if least < NOISE_SECONDS / 2:
            break
    return least


def test_reading_a_text_twice_as_long_takes_about_twice_the_time() -> None:
    """Processor time is measured: a count of steps does not see inside `re`."""
    superlinear = {}
    for unit in UNITS:
        for read in (masked, without_private):
            half, whole = (least_seconds(read, (unit * length)[:length]) for length in (HALF, WHOLE))
            if whole > NOISE_SECONDS and whole > MOST_RATIO * half:
                superlinear[unit, read.__name__] = (half, whole)

    assert superlinear == {}
