SELECT version, description, script, status FROM warehouse.sluice_changes ORDER BY installed_on
