"""What happens on the pages: ask the server, hand the answer to a view."""
