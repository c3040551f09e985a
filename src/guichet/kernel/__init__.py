"""The subject's own rules in pure Python: Swiss identifiers, money, dates, references, findings.

Nothing here knows Django, a database, a clock or a language: functions take `today`, and errors are codes with
parameters (`findings.Invalid`) whose French words stand in `codes.MESSAGES`.
"""
