"""What file jobs leave behind: pages of rows as JSON, all rows as CSV."""
