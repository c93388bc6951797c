"""Torture: kills, outages, full disks and wrong clocks, and the books afterwards."""
