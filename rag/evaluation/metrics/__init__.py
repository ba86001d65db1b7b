"""What an answer is worth: each measure on one question, and those of a whole set."""
