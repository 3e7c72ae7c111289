SELECT count(*) AS categories, count(parentid) AS with_parent, sum(parentid) AS parents FROM category_tree
