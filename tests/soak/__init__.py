"""Hours of school against one server process: `python -m tests.soak`. docs/hardening.md."""
