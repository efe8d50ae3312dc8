"""Reading delimited text: the lines, records and dialect of a table, shared by all systems that read one."""
