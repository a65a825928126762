"""The page of search: its address, its panel of filters, its lists."""
