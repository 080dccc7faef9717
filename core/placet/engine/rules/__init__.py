"""How rules decide: the code of plugins is asked, one by one, and none of it can stop the others."""
