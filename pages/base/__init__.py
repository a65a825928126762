"""What every page type shares: fields, panels, and how a page becomes an entry."""
