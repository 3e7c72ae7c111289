"""DuckDB, Polars and delta-rs doing by themselves what a handler does: run as programs of their own.

usage: duck.py copy|insert|both|polars|deltalake|files|postgres SOURCE FOLDER
"""
import os
import pathlib
import sys

MEMORY_MIB = 1024
SHARE_OF_DUCKDB = 55  # percent of a function's memory that convert gives to DuckDB
COLUMNS = {"indicator_id": "VARCHAR", "locale": "VARCHAR", "interval": "VARCHAR", "dimension_id": "VARCHAR", "value": "DOUBLE"}


def settings(folder):
    return {
        "memory_limit": f"{MEMORY_MIB * SHARE_OF_DUCKDB // 100}MiB", "threads": os.cpu_count(),
        "temp_directory": f"{folder}/scratch",
    }


def text(source):
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    return f"read_csv('{source}', delim = '\t', header = false, auto_detect = false, columns = {{{columns}}})"


def copy_statement(source, folder):
    """The same text, types, partitions, order and compression as `convert`."""
    return (
        f"COPY (SELECT * FROM {text(source)} ORDER BY indicator_id, locale) TO '{folder}/lake' "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (indicator_id))")


def script(source, folder):
    """For DuckDB's own command line."""
    lines = [f"SET {name} = '{value}';" for name, value in settings(folder).items()]
    return "\n".join([*lines, copy_statement(source, folder) + ";"])


def connect(folder, file=":memory:"):
    import duckdb

    return duckdb.connect(file, config=settings(folder))


def copy(source, folder):
    connect(folder).execute(copy_statement(source, folder))


def insert(source, folder):
    connect(folder, f"{folder}/warehouse.duckdb").execute(f"CREATE TABLE indicators AS SELECT * FROM {text(source)}")


def attached(folder):
    """A connection with the PostgreSQL server of BENCH_POSTGRES as `server`."""
    connection = connect(folder)
    extension = pathlib.Path(__file__).parents[2] / ".deps/extensions/postgres_scanner.duckdb_extension"
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"ATTACH '{os.environ['BENCH_POSTGRES']}' AS server (TYPE postgres)")
    return connection


def postgres(source, folder):
    """The columns that `load` writes, in the order and types in which it writes them."""
    connection = attached(folder)
    connection.execute("CREATE SCHEMA IF NOT EXISTS server.bare")
    connection.execute("DROP TABLE IF EXISTS server.bare.indicators")
    kinds = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE server.bare.indicators ({kinds}, _source VARCHAR, _seq BIGINT)")
    connection.execute(
        f"INSERT INTO server.bare.indicators SELECT *, 'stage-1/indicators/{os.path.basename(source)}', 1 FROM {text(source)}")


def drop(schema, folder):
    attached(folder).execute(f"DROP SCHEMA IF EXISTS server.{schema} CASCADE")


def both(source, folder):
    copy(source, folder)
    insert(source, folder)


def files(source, folder):
    read = f"read_csv('{source}/*.csv', header = true, auto_detect = false, columns = {{'id': 'BIGINT', 'name': 'VARCHAR', 'value': 'DOUBLE'}})"
    import duckdb

    # So many readers do not fit into the memory that `convert` gives to DuckDB.
    connection = duckdb.connect(f"{folder}/warehouse.duckdb")
    connection.execute(f"CREATE TABLE small AS SELECT * FROM {read}")
    connection.execute(f"COPY small TO '{folder}/small.parquet' (FORMAT parquet, COMPRESSION zstd)")


def frame(source):
    import polars

    kinds = {"VARCHAR": polars.String, "DOUBLE": polars.Float64}
    schema = {name: kinds[kind] for name, kind in COLUMNS.items()}
    return polars.scan_csv(source, separator="\t", has_header=False, quote_char=None, schema=schema).sort("indicator_id", "locale")


def polars(source, folder):
    import polars

    target = polars.PartitionBy(folder + "/lake", key="indicator_id", approximate_bytes_per_file=None)
    frame(source).sink_parquet(target, compression="zstd", mkdir=True)


def deltalake(source, folder):
    import deltalake

    deltalake.write_deltalake(folder + "/lake", frame(source).collect(), partition_by=["indicator_id"])


if __name__ == "__main__":
    pathlib.Path(sys.argv[3]).mkdir(parents=True, exist_ok=True)
    globals()[sys.argv[1]](sys.argv[2], sys.argv[3])
