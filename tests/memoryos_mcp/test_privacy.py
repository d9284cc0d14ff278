"""What is private or secret stays out, what only looks like it stays in, and no text stalls either.

The secrets are invented, and put together here so that no scanner of this repository takes them for real.
"""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Callable
from typing import Final

import pytest
import reading_cost

from memoryos_mcp.privacy import Masked, masked, without_private

_RANDOM: Final = random.Random(7)


def letters(count: int, alphabet: str = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789") -> str:
    """Random letters with a digit among them, as keys have them."""
    return "".join(_RANDOM.choice(alphabet) for _ in range(count - 1)) + "7"


def hexes(count: int) -> str:
    return letters(count, "0123456789abcdef")


def capitals(count: int) -> str:
    return letters(count, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


VENDORS: Final = {
    "Anthropic key": ["sk-ant-" + "api03-" + letters(93) + "AA", "sk-ant-" + "oat01-" + letters(93) + "AA"],
    "OpenRouter key": ["sk-or-" + "v1-" + hexes(64)],
    "OpenAI key": ["sk-" + "proj-" + letters(74) + "T3BlbkFJ" + letters(74), "sk-" + "svcacct-" + letters(58)],
    "API key": ["sk-" + letters(20) + "T3BlbkFJ" + letters(20), "sk-" + hexes(32)],
    "AWS access key": ["AK" + "IA" + capitals(16), "AS" + "IA" + capitals(16)],
    "Google API key": ["AI" + "za" + letters(35)],
    "Google OAuth secret": ["GOC" + "SPX-" + letters(28)],
    "Google OAuth token": ["ya" + "29." + letters(120)],
    "GitHub token": [
        "gh" + "p_" + letters(36),
        "gh" + "o_" + letters(36),
        "gh" + "s_" + letters(36),
        "github" + "_pat_" + letters(22) + "_" + letters(59),
    ],
    "GitLab token": ["gl" + "pat-" + letters(20), "gl" + "rt-" + letters(20), "gl" + "dt-" + letters(20)],
    "Slack token": ["xox" + "b-123456789012-123456789012-" + letters(24), "xap" + "p-1-A012345-" + hexes(64)],
    "Stripe key": ["sk" + "_live_" + letters(24), "rk" + "_test_" + letters(24), "wh" + "sec_" + letters(32)],
    "SendGrid key": ["SG" + "." + letters(22) + "." + letters(43)],
    "Twilio key": ["S" + "K" + hexes(32)],
    "Mailgun key": ["ke" + "y-" + hexes(32)],
    "Mailchimp key": [hexes(32) + "-us" + "12"],
    "npm token": ["np" + "m_" + letters(36)],
    "PyPI token": ["py" + "pi-AgEIcHlwaS5vcmc" + letters(70)],
    "Docker token": ["dckr" + "_pat_" + letters(27)],
    "Hugging Face token": ["hf" + "_" + letters(34)],
    "Groq key": ["gs" + "k_" + letters(52)],
    "xAI key": ["xa" + "i-" + letters(80)],
    "Perplexity key": ["pp" + "lx-" + letters(48)],
    "Replicate token": ["r8" + "_" + letters(37)],
    "NVIDIA key": ["nv" + "api-" + letters(64)],
    "Databricks token": ["da" + "pi" + hexes(32)],
    "DigitalOcean token": ["do" + "p_v1_" + hexes(64)],
    "Shopify token": ["shp" + "at_" + hexes(32)],
    "Linear key": ["lin" + "_api_" + letters(40)],
    "Notion token": ["nt" + "n_" + letters(46)],
    "Figma token": ["fi" + "gd_" + letters(40)],
    "Postman key": ["PM" + "AK-" + hexes(24) + "-" + hexes(34)],
    "Grafana token": ["gl" + "sa_" + letters(32) + "_" + hexes(8)],
    "Supabase key": ["sb" + "p_" + hexes(40)],
    "Vault token": ["hv" + "s." + letters(90)],
    "Atlassian token": ["AT" + "ATT3" + letters(186)],
    "age key": ["AGE-" + "SECRET-KEY-1" + letters(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")],
    "Telegram token": ["12345678" + "90:AA" + letters(33)],
    "JWT": ["ey" + "J" + letters(33) + ".ey" + "J" + letters(60) + "." + letters(43)],
}


@pytest.mark.parametrize(("name", "secret"), [(name, secret) for name, all_ in VENDORS.items() for secret in all_])
@pytest.mark.parametrize("form", ["I use {} here.", '"{}"', "{}", "KEY_1={}\nnext", "({})", "Bearer {}", "`{}`,"])
def test_a_secret_of_a_known_vendor_is_masked_wherever_it_stands(name: str, secret: str, form: str) -> None:
    assert masked(form.format(secret)) == Masked(form.format(f"[masked: {name}]"), 1)


_KEY: Final = "\n".join(letters(64) for _ in range(5))


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
def test_a_private_key_is_masked_as_a_whole(kind: str) -> None:
    key = f"-----BEGIN {kind}PRIVATE KEY-----\n{_KEY}\n-----END {kind}PRIVATE KEY-----"

    assert masked(f"a {key} b {key} c") == Masked("a [masked: private key] b [masked: private key] c", 2)
    assert masked(key.replace("\n", "\\n")) == Masked("[masked: private key]", 1)


def test_a_private_key_whose_end_is_cut_off_is_masked_as_far_as_it_goes() -> None:
    key = f"-----BEGIN PRIVATE KEY-----\n{_KEY}"

    assert masked(f"{key}\n\nThat was my key.") == Masked("[masked: private key]\n\nThat was my key.", 1)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("password=hunter22", "password=[masked: password]"),
        ("DB_PASSWORD=hunter", "DB_PASSWORD=[masked: password]"),
        ("export PGPASSWORD=hunter", "export PGPASSWORD=[masked: password]"),
        ('password = "hunter"', 'password = "[masked: password]"'),
        ("password: 'tr0ub4dor&3',", "password: '[masked: password]',"),
        ('{"password": "correct-horse", "user": "ann"}', '{"password": "[masked: password]", "user": "ann"}'),
        ('password: str = "hunter22"', 'password: str = "[masked: password]"'),
        ("The Wi-Fi password is Sommer2024!", "The Wi-Fi password is [masked: password]!"),
        ("Passwort: Sommer2024", "Passwort: [masked: password]"),
        ("密码：abc12345", "密码：[masked: password]"),
        ("пароль: qwerty123", "пароль: [masked: password]"),
        ("postgresql://ann:s3cr3t@db.example.org/x", "postgresql://ann:[masked: password]@db.example.org/x"),
        ("redis://:s3cr3t@localhost:6379/0", "redis://:[masked: password]@localhost:6379/0"),
        ("mongodb+srv://a:b%40c@m.example.net", "mongodb+srv://a:[masked: password]@m.example.net"),
        ("Server=db;User Id=sa;Password=secretive;", "Server=db;User Id=sa;Password=[masked: password];"),
        ("jdbc:mysql://h/d?user=a&password=letmein&ssl=1", "jdbc:mysql://h/d?user=a&password=[masked: password]&ssl=1"),
        ("<password>hunter22</password>", "<password>[masked: password]</password>"),
        ("İ İ password=hunter22", "İ İ password=[masked: password]"),
        ("mysql --password hunter22 db", "mysql --password [masked: password] db"),
        ("curl -u ann:hunter https://a.example", "curl -u ann:[masked: password] https://a.example"),
        ("Authorization: Basic YW5uOmh1bnRlcg==", "Authorization: Basic [masked: credentials]"),
        ('"Authorization": "Bearer abcdef123456"', '"Authorization": "Bearer [masked: credentials]"'),
        ("api_key = 'a1b2c3d4e5f6g7h8'", "api_key = '[masked: secret]'"),
        ("OPENAI_API_KEY=a1b2c3d4e5f6g7h8", "OPENAI_API_KEY=[masked: secret]"),
        ('client_secret: "q9w8e7r6t5y4u3i2"', 'client_secret: "[masked: secret]"'),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = [masked: secret]"),
        ("https://a.example/x?api_key=a1b2c3d4e5f6&y=1", "https://a.example/x?api_key=[masked: secret]&y=1"),
    ],
)
def test_what_is_assigned_as_a_password_or_a_key_is_masked(text: str, without: str) -> None:
    assert masked(text) == Masked(without, 1)
    assert masked(without) == Masked(without, 0)


def test_the_parts_of_a_storage_connection_string_stay_but_its_key() -> None:
    key = letters(86)
    text = f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={key}==;EndpointSuffix=core.example.net"

    assert masked(text) == Masked(text.replace(f"{key}==", "[masked: Azure storage key]"), 1)


_IMAGE: Final = base64.b64encode(random.Random(3).randbytes(30_000)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "My password is too long to remember, and the secret is that I never change it.",
        "What is an API key? A token is a part of a word; max_tokens: 4096.",
        "It cost $1,299.99 on 2026-03-01, order 4111-1111-22, call +43 664 1234567.",
        str(uuid.UUID(int=random.Random(1).getrandbits(128), version=4)),
        "commit " + hexes(40) + ", image sha256:" + hexes(64) + ", md5 " + hexes(32),
        f"![cat](data:image/png;base64,{_IMAGE})",
        'integrity="sha512-' + letters(86) + '=="',
        "def login(user: str, password: str = '') -> Token: return connect(user, password=password)",
        "password = os.environ['DB_PASSWORD']; api_key = settings.api_key; token = get_token()",
        "password = input('Your password: ')",
        "if not check_password(password, user.password_hash): raise ValueError",
        "POSTGRES_PASSWORD=${DB_PASSWORD}\nAPI_KEY=<your key>\nTOKEN=$TOKEN\nSECRET_KEY=YOUR_SECRET_KEY_123",
        '{"password": "string", "token": "your-token-123456", "secret": "********"}',
        "https://example.org:8080/@ann and git@github.com:owner/repo.git, ssh://git@example.org/repo",
        "http://localhost:3000/@vite/client",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOC\n-----END PUBLIC KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + letters(43) + " ann@example.org",
        "the task-management-desk-with-a-very-long-name-of-a-branch-feature1234567890",
        "risk-assessment-2026 and disk-1234567890abcdefghijklmn",
        "SKU SK1234567890, ISBN 978-3-16-148410-0, IBAN AT61 1904 3002 3457 3201",
        "const storageKey = 'my-app-theme-v2'; const primaryKey = 'user_id_2024_01';",
        "The keynote's token of thanks: a bottle of 2019 Riesling.",
        "for token in tokens: secret_santa[token] = 'Ann'",
        "GET /api/v1/users?page=2&key=name",
        "Tokenizer: cl100k_base, model: gpt-4o-2024-08-06",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert masked(text) == Masked(text, 0)


def test_several_secrets_are_counted_and_the_rest_stays_as_it_is() -> None:
    token = VENDORS["GitHub token"][0]

    assert masked(f"{token}\n  {token}, password='hunter22'.\t") == Masked(
        "[masked: GitHub token]\n  [masked: GitHub token], password='[masked: password]'.\t", 3
    )


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("a <private>b</private> c", "a  c"),
        ("a <PRIVATE>b</Private> c", "a  c"),
        ("a <private>b\n\nc", "a "),
        ("<private>a</private>", ""),
        ("a<private>b</private>c<private>d</private>e", "ace"),
        ("a <private>b <private>c</private> d</private> e", "a  e"),
        ("a <private>b <private>c</private> d", "a "),
        ('a <private reason="x">b</private > c', "a  c"),
        ("a </private> b", "a </private> b"),
        ("a <privateKey>b</privateKey> c", "a <privateKey>b</privateKey> c"),
        ("private talk < 3 > 2", "private talk < 3 > 2"),
        ("", ""),
    ],
)
def test_what_is_marked_as_private_is_taken_out(text: str, without: str) -> None:
    assert without_private(text) == without


MOST_RATIO: Final = 3.0
MOST_SECONDS: Final = 2.0
"""For 200,000 characters, the most that one side of a page may have."""

_TOLD_FROM_NOISE_SECONDS: Final = 0.1

_UNITS: Final = (
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----" + "A" * 64 + "\n",
    "-----BEGIN ",
    "PRIVATE KEY-----\n-",
    "eyJ",
    "eyJabcdefghijk.",
    "eyJabcdefghijk.eyJ",
    "sk-",
    "sk-ant-api03-",
    "sk-" + "a" * 19 + " ",
    "xoxb-1",
    "ghp_" + "a" * 35 + "_",
    "://a:",
    "://",
    "https://user:pass",
    "password=",
    "password = ",
    'password: "',
    "password: '\"`",
    "password is ",
    "DB_PASSWORD_",
    "A_" * 20,
    "PASSWORD=a[",
    "api_key=",
    "token: a1",
    "secret secret_key ",
    "key=token=secret=",
    "Authorization: Bearer ",
    "bearer bearer ",
    "curl ",
    "curl -u a",
    "curl -u a:",
    "ops_eyJ" + "a" * 100,
    "pypi-AgE",
    "1234567890:AA",
    "<private>",
    "<private ",
    "</private",
    "<private>a</private>",
    "< private private",
    "discord M" + "a" * 24 + ".",
    "bot N" + "a" * 24 + ".aaaaaa.",
    "[masked: password]",
    "\\n" * 3,
    "пароль: ",
    "hooks.slack.com/services/",
    "accountkey=sig=&",
    "fm2_",
    "a" * 13 + ".atlasv1.",
    "q~ abc1Q~",
    "AKIA",
    "pass: é",
)


def _texts(length: int) -> dict[str, str]:
    """Texts of what the patterns look for, unfinished, and of what keywords of all kinds stand in."""
    keywords = " password key= secret token bearer authorization curl :// eyj sk- private key <private discord gl sig= "
    repeated = {unit: (unit * (length // len(unit) + 1))[:length] for unit in _UNITS}
    families = {name: make(length - len(keywords)) + keywords for name, make in reading_cost.FAMILIES.items()}
    return repeated | families


@pytest.mark.parametrize("read", [masked, without_private], ids=["masked", "without private"])
def test_a_text_twice_as_long_takes_about_twice_the_time(read: Callable[[str], object]) -> None:
    """Processor time: a text that an attacker wrote holds up neither a hook nor an import."""
    halves = _texts(100_000)
    costs = {}
    for name, text in _texts(200_000).items():
        if reading_cost.least_seconds(read, text, 1) > _TOLD_FROM_NOISE_SECONDS:
            costs[name] = (reading_cost.least_seconds(read, halves[name]), reading_cost.least_seconds(read, text))

    assert {name: both for name, both in costs.items() if both[1] > MOST_SECONDS} == {}
    assert {name: both for name, both in costs.items() if both[1] > MOST_RATIO * both[0]} == {}
