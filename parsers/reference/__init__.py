"""Tables of knowledge: titles, header terms, codes, regions, rules. Data files and their loaders."""
