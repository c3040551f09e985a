"""Spreadsheets of the sender: many invoices, people, or the lines of one invoice (INV-14, INV-29).

- `plan`       what a file would do, with every fault at its cell; nothing of it exists yet
- `invoices`   a table of invoices → plan
- `people`     a table of beneficiaries and decisions → plan
- `template`   the empty workbook of a form type, with its explanations
- `marking`    the file back, its faults coloured and explained
- `pasting`    cells of the clipboard → lines of one form
"""
