"""The FastAPI service. Knows no torch."""
