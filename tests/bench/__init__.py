"""`make bench`: what a frame costs and what a server takes. Never a timed test."""
