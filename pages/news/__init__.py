"""News: sections, articles, operational briefs, answers to rumours, guidance."""
