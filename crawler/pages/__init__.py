"""One page as it is: address, text, dates, attachments, and what kind of answer it was.

Invariant: no network, no Scrapy, no platform: a page in, values out. Way in: `page.Page`.
"""
