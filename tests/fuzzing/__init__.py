"""What is thrown at the server: pictures, calls, connections. docs/hardening.md has results."""
