//! Finds what is stored under the keys of many rows at once, the same text on both engines.

use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// Keys per statement. Few sizes, so that the texts stay prepared.
const SIZES: [usize; 3] = [32, 8, 1];

/// The key of a table and the columns to find, all of them text.
pub struct Lookup {
    pub table: &'static str,
    pub key: &'static [&'static str],
    pub columns: &'static [&'static str],
}

pub const KNOWN_VEHICLES: Lookup = Lookup { table: "vehicles", key: &["id"], columns: &["plate", "states"] };
pub const KNOWN_LICENCES: Lookup =
    Lookup { table: "licences", key: &["person_id"], columns: &["file_number", "states"] };
pub const KNOWN_RECORDS: Lookup =
    Lookup { table: "camera_records", key: &["vehicle_id", "id"], columns: &["region"] };
pub const KNOWN_BINDINGS: Lookup =
    Lookup { table: "bindings", key: &["person_id", "id"], columns: &["vehicle_id"] };

impl Lookup {
    fn sql(&self, rows: usize) -> String {
        let columns = [self.key, self.columns].concat().join(", ");
        let width = self.key.len();
        let row = |row: usize| {
            let places: Vec<_> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<_> = (0..rows).map(row).collect();
        format!(
            "select {columns} from {} where ({}) in (values {})",
            self.table,
            self.key.join(", "),
            rows.join(", ")
        )
    }
}

/// Key and found columns of each row that there is.
pub async fn known(
    connection: &mut AnyConnection,
    lookup: &Lookup,
    mut keys: &[Vec<String>],
) -> sqlx::Result<Vec<(Vec<String>, Vec<String>)>> {
    let mut found = Vec::new();
    while let Some(size) = SIZES.into_iter().find(|size| *size <= keys.len()) {
        let (piece, rest) = keys.split_at(size);
        keys = rest;
        let query = sqlx::query(AssertSqlSafe(lookup.sql(size)));
        let query = piece.iter().flatten().fold(query, |query, cell| query.bind(cell.as_str()));
        for row in query.fetch_all(&mut *connection).await? {
            let mut cells =
                (0..row.len()).map(|at| row.try_get(at)).collect::<sqlx::Result<Vec<String>>>()?;
            let columns = cells.split_off(lookup.key.len());
            found.push((cells, columns));
        }
    }
    Ok(found)
}
