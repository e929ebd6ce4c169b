"""Every page: it answers in both languages, keeps to itself, and takes hostile input for what it is."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from archive.monitoring import verdicts
from archive.web.app import PAGES, create_app
from archive.web.data.news import KINDS
from archive.web.pages.document_list import PROOFS
from archive.web.view import security
from archive.web.view.knowledge import translate
from tests.archive.web.conftest import HOSTILE, Served

ADDRESSES = (
    "/",
    "/?year=2024&kind=budget&as_of=2024-06-01",
    "/regions/220000",
    "/regions/222400",
    "/regions/610725",
    "/deadlines",
    "/deadlines?region=吉林&year=2024&kind=budget&status=missing&due_from=2024-01-01&due_to=2025-01-01",
    "/bodies",
    "/bodies?q=医疗&region=22",
    "/bodies/{body}",
    "/bodies/0123456789abcdef",
    "/compare",
    "/compare?body={body}&body=0123456789abcdef&kind=budget",
    "/rank",
    "/rank?measure=general&year=2024&region=22",
    "/sql",
    "/sql?q=SELECT title FROM documents",
    "/dictionary",
    "/api",
    "/governments",
    "/governments?measure=debt_use&scope=own&region=吉林",
    "/governments/222400",
    "/sites",
    "/sites?region=吉林&state=gaps",
    "/sites/610725",
    "/runs",
    "/documents",
    "/documents?region=吉林&body=医疗&year=2024&kind=budget&outcome=parsed&status=disputed",
    "/documents?body=none",
    "/documents/{pdf}",
    "/documents/{pdf}/tables/3",
    "/documents/{xlsx}",
    "/documents/{hostile}",
    "/documents/{pdf}?at=1",
)
INLINE = re.compile(r"^on|^style$")


class Markup(HTMLParser):
    """What a page would load or run, and whether it is well formed enough for that to be known."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.inline.append("script")
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.inline.append(tag)
        self.inline += [name for name in given if INLINE.match(name)]
        if "id" in given:
            self.ids.append(str(given["id"]))
        names = (
            "src",
            "srcset",
            "action",
            "formaction",
            *(["href"] if tag in ("link", "a", "image") else []),
        )
        self.loaded += [str(given[name]) for name in names if name in given]


def markup(text: str) -> Markup:
    parser = Markup()
    parser.feed(text)
    return parser


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_keeps_to_itself(served: Served, address: str, language: str) -> None:
    path = address.format(pdf=served.pdf, xlsx=served.xlsx, hostile=served.hostile, body=served.body)
    answer = served.client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text[:2000]
    assert f'<html lang="{language}' in answer.text
    found = markup(answer.text)
    assert not found.inline
    assert all(one.startswith(("/", "#")) and not one.startswith("//") for one in found.loaded)
    assert len(found.ids) == len(set(found.ids))
    assert "<script>alert" not in answer.text and "49'" not in answer.text


def test_the_policy_allows_nothing_inline_and_nobody_else(served: Served) -> None:
    headers = served.client.get("/").headers
    assert headers["content-security-policy"] == security.POLICY
    assert "unsafe" not in security.POLICY and "http" not in security.POLICY and "*" not in security.POLICY
    assert security.POLICY.startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/nowhere", "/documents/x", "/bodies/x", "/regions/x", "/static/x.js"])
def test_what_is_not_there_is_a_page_with_the_same_headers(served: Served, path: str) -> None:
    answer = served.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-security-policy"] == security.POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%252e%252e/app.py",
        "/documents/..%2f..%2fetc%2fpasswd/original",
        "/captures/..%2f..%2fx.warc.gz",
        "/regions/..%2f..",
    ],
)
def test_paths_lead_nowhere_else(served: Served, path: str) -> None:
    answer = served.client.get(path)
    assert answer.status_code == 404 and "import" not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/deadlines?region=<script>alert(1)</script>",
        "/deadlines?as_of=yesterday",
        "/deadlines?year=99999",
        "/deadlines?year=²",
        "/deadlines?start=-1",
        "/bodies?region=nowhere",
        "/documents?region=nowhere",
        "/documents?year=soon",
        "/rank?measure=1;DROP TABLE facts",
        "/sql?q=DROP TABLE facts",
        "/sql.csv?q=",
        "/api/facts?limit=1000000",
    ],
)
def test_wrong_parameters_are_refused_in_words(served: Served, path: str) -> None:
    answer = served.client.get(path)
    assert answer.status_code == 400, answer.text
    assert "<script>alert" not in answer.text and "Traceback" not in answer.text


def test_a_snapshot_that_is_not_there_is_a_page_not_found(served: Served) -> None:
    for ref in ("99", "no-such-tag", "../../x", "1999-01-01", "²"):
        assert served.client.get("/", params={"at": ref}).status_code == 404


def test_hostile_texts_are_shown_as_texts(served: Served) -> None:
    page = served.client.get(f"/documents/{served.hostile}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "{{7*7}}" in page
    listed = served.client.get("/bodies").text
    assert "&lt;script&gt;" in listed
    echoed = served.client.get("/bodies", params={"q": HOSTILE}).text
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;&#39;&#34;&amp;{{7*7}}"' in echoed


def test_the_front_page_tells_what_changed(served: Served) -> None:
    page = served.client.get("/", headers={"accept-language": "en"}).text
    for kind in KINDS:
        assert f'class="tag news-{kind}"' in page
    assert "Snapshot 3" in page and "amounts printed otherwise: 1" in page
    assert HOSTILE not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_language_asked_for_is_remembered(served: Served) -> None:
    answer = served.client.get("/?lang=zh")
    assert answer.cookies["lang"] == "zh" and "公开期限" in answer.text
    assert "公开期限" in served.client.get("/", headers={"accept-language": "en"}).text
    served.client.cookies.clear()
    assert "公开期限" not in served.client.get("/", headers={"accept-language": "en"}).text


def test_links_keep_the_snapshot_that_was_chosen(served: Served) -> None:
    page = served.client.get("/bodies?at=1").text
    assert f"/bodies/{served.body}?at=1" in page
    assert "&lt;script&gt;" not in page  # committed later
    assert "?at=" not in served.client.get("/bodies").text


def test_nothing_can_be_changed(served: Served) -> None:
    for path in PAGES:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert served.client.request(method, re.sub(r"\{[^}]*\}", "1", path)).status_code in (404, 405)


def test_a_server_can_be_held_to_one_snapshot(served: Served) -> None:
    app = create_app(served.store, lambda snapshot, day: verdicts.board(served.store, snapshot, day), "1")
    with TestClient(app) as visitor:
        app.state.dataset.look()
        page = visitor.get("/bodies", headers={"accept-language": "en"}).text
        assert "Snapshot 1 of" in page and "&lt;script&gt;" not in page and "?at=" not in page
        assert visitor.get("/api/documents").json()["snapshot"] == 1
        assert visitor.get("/api/documents?at=latest").json()["snapshot"] == 3
        assert visitor.get("/health").json()["snapshot"] == 1


def test_the_season_says_what_is_known(served: Served) -> None:
    """Local files are published on an unknown day: no line at zero says otherwise."""
    page = served.client.get("/?year=2024&kind=budget", headers={"accept-language": "en"}).text
    chart = json.loads(page.split('id="chart-season">')[1].split("</script>")[0])
    assert [line["name"] for line in chart["series"]] == ["due"]
    assert re.search(r"\b1 of \d documents? (is|are) published\.", page)
    assert "Of one the day of publication is not known" in page


@pytest.mark.parametrize(("language", "words"), [("en", "not tested"), ("zh", "未检验")])
def test_one_word_for_how_an_amount_stands(served: Served, language: str, words: str) -> None:
    headers = {"accept-language": language}
    for path in (f"/documents/{served.pdf}/tables/3", "/documents"):
        page = served.client.get(path, headers=headers).text
        assert words in page and translate(language, "explain single") in page
    page = served.client.get(f"/documents/{served.pdf}/tables/3", headers=headers).text
    labels = json.loads(page.split('id="labels">')[1].split("</script>")[0])
    assert {status: labels[status] for status in PROOFS} == {one: translate(language, one) for one in PROOFS}


def test_checks_have_names_and_one_of_severity_info_accuses_nobody(served: Served) -> None:
    page = served.client.get(f"/documents/{served.pdf}", headers={"accept-language": "zh"}).text
    noted = page[page.index('<span class="c-noted">仅供核对') :]
    assert '<b class="c-noted">财政拨款各表一致</b> <code' in noted and "I7.title" in noted
    assert "I7.title" not in served.client.get(f"/bodies/{served.body}").text


@pytest.mark.parametrize(
    "path",
    [
        "/documents?region=1x",
        "/bodies?region=1x",
        "/deadlines?as_of=1x",
        "/deadlines?year=1x",
        "/documents/1x",
        "/regions/1x",
        "/1x",
        "/?at=1x",
        "/?at=99",
        "/?at=1999-01-01",
        "/sql?q=DROP TABLE facts",
    ],
)
def test_errors_are_in_the_language_of_the_page(served: Served, path: str) -> None:
    page = served.client.get(path, headers={"accept-language": "zh"}).text
    found = re.search(r'(?s)class="lede">\d+ · (.*?)</p>|role="alert">(.*?)</p>', page)
    assert found and (told := found[1] or found[2])
    assert re.findall(r"[A-Za-z]{3,}", told.replace("SELECT", "")) in ([], ["year"])


def test_a_site_shows_what_its_last_visit_left_aside(served: Served) -> None:
    listed = served.client.get("/sites?state=gaps", headers={"accept-language": "en"}).text
    assert 'href="/sites/610725"' in listed and "something was left aside" in listed
    shown = served.client.get("/sites/610725", headers={"accept-language": "en"}).text
    assert "further pages of a list that could not be opened" in shown and "How far" in shown
    assert served.client.get("/sites/999999").status_code == 404


def test_a_site_is_visited_to_its_end_only_where_nothing_was_left_aside(served: Served) -> None:
    for path in ("/sites?state=named", "/sites/610726"):
        shown = served.client.get(path, headers={"accept-language": "en"}).text
        assert "visited to its end, except for named gaps" in shown
    assert "/sites/610726" not in served.client.get("/sites?state=complete").text


def test_a_region_names_what_was_not_followed_on_its_sites(served: Served) -> None:
    shown = served.client.get("/regions/610725", headers={"accept-language": "en"}).text
    assert "Seen on its sites and not followed" in shown
    assert "further pages of a list that could not be opened" in shown and "<script>alert(1)" not in shown
    rows = served.client.get("/api/gaps", params={"site_id": "610725"}).json()["data"]
    assert [row["kind"] for row in rows] == ["pager"]
