"""The teacher's dashboard. Reads the server over HTTP, never SQL."""
