"""The document page: image, boxes, original and capture are those of the archived bytes."""

from __future__ import annotations

import hashlib
import io
import json
import re

from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from tests.archive.web.conftest import Served
from tests.site.typeset import typeset


def test_the_original_is_what_was_archived_and_never_shown(served: Served) -> None:
    answer = served.client.get(f"/documents/{served.pdf}/original")
    assert answer.content == typeset("yanbian-2024", "pdf")
    assert hashlib.sha256(answer.content).hexdigest() == served.pdf
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_page_image_has_the_shape_of_its_page(served: Served) -> None:
    answer = served.client.get(f"/documents/{served.pdf}/pages/7.webp")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/webp"
    image = Image.open(io.BytesIO(answer.content))
    page = served.client.get(f"/documents/{served.pdf}/tables/3").text
    left, top, width, height = map(float, re.findall(r'overlay" viewBox="([^"]+)"', page)[0].split())
    assert (left, top) == (0, 0) and abs(image.width / image.height - width / height) < 0.01
    boxes = re.findall(r'<rect id="box-[^>]* x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', page)
    assert boxes and all(float(x) + float(w) <= width and float(y) <= height for x, y, w in boxes)


def test_pages_that_are_not_there(served: Served) -> None:
    for path in (f"{served.pdf}/pages/0.webp", f"{served.pdf}/pages/999.webp", f"{served.xlsx}/pages/1.webp"):
        assert served.client.get(f"/documents/{path}").status_code == 404
    assert served.client.get(f"/documents/{served.pdf}/tables/999").status_code == 404
    assert served.client.get(f"/documents/{served.hostile}/original").status_code == 404


def test_every_fact_of_a_table_is_on_the_page_once(served: Served) -> None:
    page = served.client.get(f"/documents/{served.pdf}/tables/3").text
    asked = {"document_id": served.pdf, "table_id": f"{served.pdf[:16]}-t003", "limit": 1000}
    facts = served.client.get("/api/facts", params=asked).json()["data"]
    places = [f"r{fact['row_no']}-c{fact['col_no']}" for fact in facts]
    assert sorted(re.findall(r'<button[^>]* data-place="([^"]+)"', page)) == sorted(places)
    details = json.loads(page.split('id="facts">')[1].split("</script>")[0])
    assert set(details) == set(places)
    proved = next(one for one in details.values() if one["status"] == "proved")
    assert proved["checks"] and f'id="check-{proved["checks"][0]}"' in page


def test_a_fact_leads_to_its_place(served: Served) -> None:
    answer = served.client.get(f"/facts/{served.pdf[:16]}-t003-r0-c3?at=1", follow_redirects=False)
    assert answer.headers["location"] == f"/documents/{served.pdf}/tables/3?at=1#r0-c3"
    answer = served.client.get(f"/facts/{served.pdf[:16]}-t003-r0-c3?lang=zh", follow_redirects=False)
    assert answer.headers["location"] == f"/documents/{served.pdf}/tables/3?lang=zh#r0-c3"


def test_a_capture_is_a_record_that_warc_tools_read(served: Served) -> None:
    page = served.client.get(f"/documents/{served.pdf}").text
    address = re.findall(r'href="(/captures/[^"]+\.warc\.gz)"', page)[0]
    answer = served.client.get(address)
    [record] = list(ArchiveIterator(io.BytesIO(answer.content), check_digests="raise"))[:1]
    assert record.rec_type in ("resource", "response")


def test_a_finding_stands_beside_the_precision_of_its_rule(served: Served) -> None:
    """On the page in both languages, and in the API."""
    asked = {"document_id": served.pdf, "status": "fails", "limit": 1000}
    rows = served.client.get("/api/checks", params=asked).json()["data"]
    assert rows and all(row["rule_judged"] is not None for row in rows)
    page = served.client.get(f"/documents/{served.pdf}").text
    chinese = served.client.get(f"/documents/{served.pdf}?lang=zh").text
    judged = [row for row in rows if row["rule_judged"]]
    for row in judged:
        told = f"{row['rule_right']} of {row['rule_judged']} judged were right"
        assert told in page and f"已核对 {row['rule_judged']} 项，{row['rule_right']} 项属实" in chinese
    if len(judged) < len(rows):
        assert "No finding of this rule has been judged" in page and "尚未在真实文件中核对" in chinese
