"""All SQL of Roomtone. `database` is the only file that knows which database it is."""
