"""From a file to passages: readers, cleaning, reading text, chunking."""
