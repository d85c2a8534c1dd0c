"""Records that are one lens, and entries of the catalogue that are one design: a moderator joins and parts them."""
