"""From records to nights and days."""
