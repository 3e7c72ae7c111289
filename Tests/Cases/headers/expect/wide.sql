SELECT name, gr_e, note FROM wide
