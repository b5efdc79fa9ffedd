"""The writers: one module a format, plain mappings in and pieces of text out, in constant memory. No Django here."""
