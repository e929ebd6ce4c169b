"""Workbooks: XLSX, XLS (and WPS .et), XLSB, ODS and Excel 2003 XML.

Invariant: the text of a cell is what the sheet shows, not what it stores. Way in: `reader.read_spreadsheet`.
"""
