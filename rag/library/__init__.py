"""What the service keeps of its own: keys, collections, uploads, jobs, feedback."""
