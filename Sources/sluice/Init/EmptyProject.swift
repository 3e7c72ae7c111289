import Buckets

/// What a project begins with that copies no pipeline.
enum EmptyProject {
    /// Writes settings, a page that explains them, a sample and a saved query.
    ///
    /// - Returns: The commands to begin with.
    /// - Throws: `BucketsError`.
    static func write(to project: String) throws -> [String] {
        let files = [
            CommonOptions.configName: settings, "README.md": page,
            "sample/people/first.csv": sample, "queries/files.sql": query,
        ]
        for (name, text) in files {
            let path = "\(project)/\(name)"
            try FilePath.makeFolder(FilePath.parent(of: path))
            try AtomicFile.write(Array(text.utf8), to: path, durable: false)
        }
        return [
            "cp -r sample/. buckets/stage-1/", "sluice up --once", "sluice query @files",
        ]
    }

    private static let settings = """
        {
          "tables": {
            "people": {
              "columns": { "zip_code": "string" },
              "onError": "skip_rows"
            }
          },
          "warehouse": "warehouse.duckdb"
        }

        """

    private static let sample = """
        Name,Born,ZIP Code,Rating
        Ada,1815-12-10,01234,4.5
        Grace,1906-12-09,10001,5
        Edsger,1930-05-11,02139,

        """

    private static let query = """
        -- The files in the table and how many rows each has.
        -- param: rows bigint = 1
        SELECT _source AS file, count(*) AS rows
        FROM lake.people
        GROUP BY file
        HAVING count(*) >= $rows
        ORDER BY file

        """

    private static let page = """
        # A start with Sluice

        Files that are dropped into `buckets/stage-1/TABLE/` become rows of `lake.TABLE` and
        `warehouse.TABLE`.

        ```
        cp -r sample/. buckets/stage-1/    drop the sample: one file of the table `people`
        sluice up --once                   handle what is there; without --once it keeps watching
        sluice query "FROM lake.people"    ask
        sluice query @files                run queries/files.sql
        sluice status                      what is queued and what failed
        ```

        ## functions.json

        JSON has no comments, so they are here.

        | key | says |
        |---|---|
        | `tables.people` | settings of one table; a table without settings is inferred |
        | `columns` | types that are given; here `zip_code` stays text whatever its files hold |
        | `onError` | `skip_rows`: rows that do not fit go to `buckets/quarantine`, the others are loaded |
        | `warehouse` | the DuckDB file, counted from `buckets/` |

        Everything in it may be left out. `sluice check` names what is wrong in it, and
        `sluice check --json` prints it with every default.

        ## queries

        Each `queries/NAME.sql` runs by `sluice query @NAME`; `sluice query @` lists them. A line
        `-- param: rows bigint = 1` gives the parameter `$rows` a type and a value, and
        `--set rows=2` another value.

        """
}
