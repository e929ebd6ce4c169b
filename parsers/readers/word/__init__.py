"""Word documents: DOCX, and older formats by way of LibreOffice.

Invariant: paragraphs and tables come in document order, as Word would print them. Way in: `reader.read_docx`.
"""
