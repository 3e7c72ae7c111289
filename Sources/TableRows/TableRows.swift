// TableRows
