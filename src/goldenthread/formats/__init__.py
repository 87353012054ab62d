"""Other tools' files as plain data, and back.

Owns: reading CSV, TSV, XLSX, ODS, StratML, YAML, Microsoft Project XML and Primavera XER bytes into frozen dataclasses, other
schedules through MPXJ, writing CSV, XLSX, StratML, Microsoft Project XML, Primavera XER and iCalendar bytes, and the limits that
keep a hostile file from harming the caller. Does not own: the database, forms, rights, or what a project or an objective means
to an organisation. No Django here.

Open `limits.py` first: `read_guarded(kind, data, options)` is the door for anything a person uploaded.
"""
