"""What is searched: the seam that every index has, and below it one folder an engine."""
