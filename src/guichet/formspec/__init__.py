"""Declare a form type once; page, validation, paper, schema and tests follow (FRM-01).

- `declare`   the vocabulary: FormType, Row, Ask, Section, rule
- `types`     the kinds of answers: dates, amounts, counts, texts
- `registry`  which form types exist, by code and edition
- `reading`   what was posted → typed answers and findings
- `showing`   answers and findings → sections and fields of a page
- `paper`     answers → facts and tables of the PDF
"""
