"""What runs inside a peer's environment: one file for Python, one for Node."""
