"""The plots of the report: each a drawing, its description, and its data as a table."""
