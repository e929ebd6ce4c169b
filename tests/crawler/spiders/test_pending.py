"""Disclosures come out once, whole, with names."""

from __future__ import annotations

from archive.warc.captures import Article
from crawler.spiders.files import Pending


def article(url: str, *attachments: tuple[str, str | None]) -> Article:
    return Article("610725", url, "预算", "run-000001", attachments=attachments)


def test_an_article_without_files_comes_at_once() -> None:
    one = article("a")
    assert Pending().add(one, set()) == ([], [one])


def test_it_waits_for_all_its_files_and_takes_the_names_they_bring() -> None:
    pending = Pending()
    asked, done = pending.add(article("a", ("f1", None), ("f2", "shown.pdf")), {"f1", "f2"})
    assert (asked, done) == (["f1", "f2"], [])
    assert pending.answered("f2", "sent.pdf") == []
    assert pending.answered("f1", "sent.pdf") == [article("a", ("f1", "sent.pdf"), ("f2", "shown.pdf"))]
    assert pending.answered("f1", "sent.pdf") == []


def test_a_file_of_two_articles_is_asked_for_once() -> None:
    pending = Pending()
    assert pending.add(article("a", ("f", None)), {"f"}) == (["f"], [])
    assert pending.add(article("b", ("f", None)), {"f"}) == ([], [])
    assert [found.url for found in pending.answered("f", "x.pdf")] == ["a", "b"]
    assert pending.add(article("c", ("f", None)), {"f"}) == ([], [article("c", ("f", "x.pdf"))])


def test_nothing_is_lost_when_the_crawl_ends_early() -> None:
    pending = Pending()
    pending.add(article("a", ("f", None)), {"f"})
    assert pending.rest() == [article("a", ("f", None))]
    assert pending.rest() == []
