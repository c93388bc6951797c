"""Data in, components out. Pure, like the charts."""
