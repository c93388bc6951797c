"""The dashboard and the alert rules of docs/watching with a real Prometheus."""
