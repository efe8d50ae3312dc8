"""Blocks as PDF files: one column by fpdf2, two columns with hyphens by reportlab."""

from __future__ import annotations

import datetime
from pathlib import Path

HEADER, FOOTER = "Muster Versicherungen - Form. 12/2026", "Seite {n}"
STAMP = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


def render(blocks: list[tuple], target: Path, layout: str) -> int:
    """Write a PDF and return how many pages it has."""
    return _columns(blocks, target) if layout == "columns" else _single(blocks, target)


def _single(blocks: list[tuple], target: Path) -> int:
    from fpdf import FPDF

    class Sheet(FPDF):
        def header(self):
            self.set_font("Helvetica", "I", 8)
            self.cell(0, 6, HEADER, align="R", new_x="LMARGIN", new_y="NEXT")
            self.ln(4)

        def footer(self):
            self.set_y(-14)
            self.set_font("Helvetica", size=8)
            self.cell(0, 6, FOOTER.format(n=self.page_no()), align="C")

    sheet = Sheet(format="A4")
    sheet.set_creation_date(STAMP)
    sheet.core_fonts_encoding = "windows-1252"
    sheet.set_auto_page_break(True, 22)
    sheet.set_margins(22, 16, 22)
    sheet.add_page()
    for kind, content, *_ in blocks:
        if kind == "table":
            _table(sheet, content)
            continue
        style, size, step = {"title": ("B", 17, 9), "h1": ("B", 13, 8), "h2": ("B", 10.5, 7)}.get(
            kind, ("", 10, 5.4)
        )
        sheet.set_font("Helvetica", style, size)
        if kind == "li":
            sheet.set_x(28)
        mark = "" if kind != "li" or content[1:3] == ") " else "\u00b7 "
        plain = (mark + content).replace("–", "-").replace("’", "'")
        sheet.multi_cell(0, step, plain, new_x="LMARGIN", new_y="NEXT")
        sheet.ln(2 if kind != "li" else 0.5)
    sheet.output(str(target))
    return sheet.page_no()


def _table(sheet, rows: list[list[str]]) -> None:
    sheet.set_font("Helvetica", size=9)
    with sheet.table(line_height=6.4) as table:
        for cells in rows:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    sheet.ln(2)


def _columns(blocks: list[tuple], target: Path) -> int:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=9.6, leading=13, alignment=4, spaceAfter=4)
    styles = {
        "title": ParagraphStyle(
            "title", parent=body, fontName="Helvetica-Bold", fontSize=14, leading=18, alignment=0
        ),
        "h1": ParagraphStyle(
            "h1", parent=body, fontName="Helvetica-Bold", fontSize=11, leading=15, spaceBefore=7, alignment=0
        ),
        "h2": ParagraphStyle("h2", parent=body, fontName="Helvetica-Bold", alignment=0, spaceBefore=3),
        "li": ParagraphStyle("li", parent=body, leftIndent=12),
    }
    small = ParagraphStyle("small", parent=body, fontSize=8, leading=10, alignment=0)

    def furniture(canvas, document):
        canvas.setFont("Helvetica", 7)
        canvas.drawString(50, 622, HEADER)
        canvas.drawRightString(545, 28, FOOTER.format(n=document.page))

    document = BaseDocTemplate(str(target), pagesize=(595, 640), invariant=1)
    frames = [Frame(x, 48, 238, 562, 0, 0, 0, 0) for x in (50, 306)]
    document.addPageTemplates(PageTemplate(frames=frames, onPage=furniture))
    flow: list = []
    for kind, content, *_ in blocks:
        if kind == "table":
            rows = [[Paragraph(cell, small) for cell in row] for row in content]
            flow += [Table(rows, style=TableStyle([("GRID", (0, 0), (-1, -1), 0.4, "black")])), Spacer(1, 4)]
        else:
            mark = "• " if kind == "li" else ""
            flow.append(Paragraph(mark + content.replace("&", "&amp;"), styles.get(kind, body)))
    document.build(flow)
    return document.page
