import Buckets
import Catalog
import Events
import FunctionConfig
import Testing

@Suite("The map of files' columns to a table's")
struct ColumnMapTests {
    private func map(
        _ names: [String: [String]],
        given: [String] = [],
        drops: Bool = false
    ) -> ColumnMap {
        var settings = TableSettings(name: "t")
        settings.columnMap = names.sorted { $0.key < $1.key }.map {
            TableSettings.ColumnMapping(column: $0.key, names: $0.value)
        }
        settings.columns = given.map { ColumnType.Field(name: $0, type: .string) }
        settings.keepsOtherColumns = !drops
        return ColumnMap(settings)
    }

    private func header(_ cells: String...) -> RecordFormat {
        RecordFormat(type: .csv, header: true, columns: cells, fields: cells.count)
    }

    @Test("compares names as files write them before it folds them")
    func exactFirst() {
        let map = map(["zip": ["Incident Zip"]])
        #expect(map.columns(ofFields: header("INCIDENT ZIP", "City")) == ["zip", "city"])
        #expect(
            map.columns(ofFields: header("incident_zip", "Incident Zip"))
                == ["incident_zip", "zip"]
        )
    }

    @Test("makes several cells one column, and a repeated one another")
    func severalNames() {
        let map = map(["zip": ["Incident Zip", "postcode"]])
        #expect(
            map.columns(ofFields: header("Zip", "postcode", "Incident Zip"))
                == ["zip", "zip", "zip"]
        )
        #expect(map.columns(ofFields: header("zip", "Zip", "x")) == ["zip", "zip_2", "x"])
    }

    @Test("knows names that fold to nothing only as they are")
    func namesWithoutLetters() {
        let map = map(["day": ["日期"], "place": ["地点"]])
        #expect(map.columns(ofFields: header("地点", "日期", "数")) == ["place", "day", "column_3"])
    }

    @Test("drops what neither the map nor the types name")
    func drops() {
        let map = map(["zip": ["Incident Zip"]], given: ["city"], drops: true)
        #expect(
            map.columns(ofFields: header("CITY", "City", "Incident Zip", "Note"))
                == ["city", nil, "zip", nil]
        )
        let found = map.members(of: [text("Note"), text("city"), text("CITY")])
        #expect(found.mapped.map(\.column) == ["city"])
        #expect(found.others.isEmpty)
    }

    @Test("leaves fields without a header to the types' order, else maps their numbers")
    func withoutHeader() {
        let format = RecordFormat(type: .csv, header: false, fields: 2)
        #expect(map(["b": []], given: ["a", "b"]).columns(ofFields: format) == ["a", "b"])
        #expect(map(["zip": ["col1"]]).columns(ofFields: format) == ["col0", "zip"])
    }

    @Test("finds members at their names and at dotted paths")
    func members() {
        let map = map(["latitude": ["place.lat", "Lat"], "name": ["place.name"]])
        let place = JSONValue.Member(
            name: "Place",
            value: .object([text("LAT"), text("na.me"), text("city")])
        )
        let found = map.members(of: [text("lat"), place, text("place.lat")])
        #expect(found.mapped.map(\.column) == ["latitude"])
        #expect(found.mapped.first?.paths.map(\.parts) == [["place.lat"], ["lat"]])
        #expect(found.others.map(\.name) == ["Place"])

        let nested = map.members(of: [place])
        #expect(nested.mapped.first?.paths.map(\.parts) == [["Place", "LAT"]])
    }

    private func text(_ name: String) -> JSONValue.Member {
        JSONValue.Member(name: name, value: "VARCHAR")
    }
}
