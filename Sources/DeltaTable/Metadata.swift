/// The name, columns and settings of a table.
///
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-metadata
public struct Metadata: Codable, Equatable, Sendable {
    /// How data files are encoded.
    public struct Format: Codable, Equatable, Sendable {
        /// Always `parquet`.
        public let provider: String
        /// Empty.
        public let options: [String: String]?

        static let parquet = Format(provider: "parquet", options: [:])
    }

    /// A UUID that stays the table's for life.
    public let id: String
    /// What users call it.
    public let name: String?
    /// What users say of it.
    public let description: String?
    /// How data files are encoded.
    public let format: Format
    /// The columns as JSON; see `schema()`.
    public let schemaString: String
    /// The columns that the data files are parted by, in order.
    public let partitionColumns: [String]
    /// When this was set, in milliseconds since 1970.
    public let createdTime: Int64?
    /// The table's settings.
    public let configuration: [String: String]

    /// A metadata action.
    ///
    /// - Parameters:
    ///   - id: The table's UUID; a table keeps it.
    ///   - name: What users call the table.
    ///   - schema: All columns, partition columns included.
    ///   - partitionColumns: Names of columns that are not nested.
    ///   - createdTime: Milliseconds since 1970.
    ///   - configuration: The table's settings, for example `delta.appendOnly`.
    public init(
        id: String,
        name: String? = nil,
        schema: DeltaSchema,
        partitionColumns: [String],
        createdTime: Int64? = nil,
        configuration: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        description = nil
        format = .parquet
        schemaString = schema.json
        self.partitionColumns = partitionColumns
        self.createdTime = createdTime
        self.configuration = configuration
    }

    /// All fields as a checkpoint holds them.
    public init(
        id: String,
        name: String?,
        description: String?,
        schemaString: String,
        partitionColumns: [String],
        createdTime: Int64?,
        configuration: [String: String]
    ) {
        self.id = id
        self.name = name
        self.description = description
        format = .parquet
        self.schemaString = schemaString
        self.partitionColumns = partitionColumns
        self.createdTime = createdTime
        self.configuration = configuration
    }

    /// The columns, partition columns included.
    public func schema() throws(DeltaError) -> DeltaSchema { try DeltaSchema(json: schemaString) }

    /// The same table with other columns and settings.
    public func replacing(
        schema: DeltaSchema,
        partitionColumns: [String],
        configuration: [String: String]
    ) -> Metadata {
        Metadata(
            id: id,
            name: name,
            description: description,
            schemaString: schema.json,
            partitionColumns: partitionColumns,
            createdTime: createdTime,
            configuration: configuration
        )
    }
}
