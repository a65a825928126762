"""News: articles, operational briefs, answers to rumours, guidance, and the sections they stand in."""
