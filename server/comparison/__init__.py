"""Sessions beside each other: reports in, a comparison out. Pure: no SQL, no web, no clock.

Only what the reports tell is used, so a comparison says nothing of anybody that they don't.
`assembly` puts it together; docs/comparison.md has the method.
"""
