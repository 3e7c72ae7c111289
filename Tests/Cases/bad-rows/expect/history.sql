SELECT table_name, source, rows, rejects FROM warehouse.sluice_loads
