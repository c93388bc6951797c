"""Uploaded recordings: received on disk, read one after the other, shown to whoever uploads them.

`Videos` is what the routes call. Knows no web.
"""
