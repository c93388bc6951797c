"""Vision and learning: frames in, readings out. Knows no web and no SQL."""
