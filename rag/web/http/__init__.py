"""What holds for every request: its bounds, its log, its problems, the names answered to."""
