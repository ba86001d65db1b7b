"""What the index will hold next: files found in folders, documents sent, jobs applied."""
