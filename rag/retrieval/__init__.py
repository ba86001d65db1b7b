"""From a question to ranked passages: candidates, signals, fusion."""
