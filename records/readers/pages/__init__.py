"""Pages people copy from the web. Each shape is one small reader; a page is a list of numbered lines."""
