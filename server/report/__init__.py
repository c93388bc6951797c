"""The report of a session: from what is stored to what is told. Pure: no SQL, no web, no clock.

`assembly` puts it together; docs/report.md has the method.
"""
