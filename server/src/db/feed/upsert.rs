//! Upserts of many rows in one statement, the same text on both engines. What a row means it does not know.

use sqlx::AnyConnection;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Row as _};

/// Rows per statement. Few sizes, so that each table's texts stay prepared. More rows are slower: SQLite is asked for
/// each parameter's name, which it finds by walking over all names before it.
const SIZES: [usize; 4] = [32, 8, 2, 1];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    Text(String),
    Number(i64),
    NoText,
    NoNumber,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::NoText, Self::Text)
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::NoNumber, Self::Number)
    }
}

pub type Row = Vec<Cell>;

/// A table that the feed writes. The first columns are its key.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub key: usize,
    /// What an accepted newer fact sets beside the other columns, from `excluded` and the row as it was.
    pub derived: &'static [(&'static str, &'static str)],
    /// What accepted rows give back beside their key.
    pub gives: &'static [&'static str],
    /// Rows that belong to a row of this table and are replaced with it.
    pub parts: Option<&'static Parts>,
}

/// A table whose rows are written and replaced with those of another; its first columns are that table's key.
pub struct Parts {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub key: &'static [&'static str],
}

/// Rows with different keys: each meets the table as the rows before it left it.
#[derive(Clone, Debug, Default)]
pub struct Wave {
    pub rows: Vec<Row>,
    /// The parts of each row, where the table has parts.
    pub parts: Vec<Vec<Row>>,
}

/// What became of a wave.
#[derive(Default)]
pub struct Written {
    pub accepted: u64,
    /// What accepted rows gave back: their key, then what the table gives.
    pub given: Vec<AnyRow>,
}

impl Table {
    fn sql(&self, rows: usize) -> String {
        let Self { name, columns, key, derived, .. } = *self;
        let plain = columns[key..].iter().filter(|column| derived.iter().all(|(known, _)| known != *column));
        let mut sets: Vec<_> = plain.map(|column| format!("{column} = excluded.{column}")).collect();
        sets.extend(derived.iter().map(|(column, value)| format!("{column} = {value}")));
        let mut sql = format!("insert into {name} ({}) values ", columns.join(", "));
        push_values(&mut sql, columns.len(), rows);
        sql.push_str(&format!(
            " on conflict ({}) do update set {} where excluded.updated_at > {name}.updated_at",
            columns[..key].join(", "),
            sets.join(", "),
        ));
        if self.answers() {
            sql.push_str(&format!(" returning {}", [&columns[..key], self.gives].concat().join(", ")));
        }
        sql
    }

    /// Whether anybody asks which rows were accepted, beside how many.
    fn answers(&self) -> bool {
        self.parts.is_some() || !self.gives.is_empty()
    }
}

impl Parts {
    fn insert_sql(&self, rows: usize) -> String {
        let mut sql = format!("insert into {} ({}) values ", self.name, self.columns.join(", "));
        push_values(&mut sql, self.columns.len(), rows);
        sql
    }

    fn delete_sql(&self, rows: usize) -> String {
        let mut sql = format!("delete from {} where ({}) in (values ", self.name, self.key.join(", "));
        push_values(&mut sql, self.key.len(), rows);
        sql.push(')');
        sql
    }
}

/// `($1, $2), ($3, $4)`
fn push_values(sql: &mut String, columns: usize, rows: usize) {
    use std::fmt::Write;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            let comma = if column == 1 { "" } else { ", " };
            write!(sql, "{comma}${}", row * columns + column).expect("a text takes text");
        }
        sql.push(')');
    }
}

/// Cuts the rows into pieces of the known sizes.
fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

fn bound<'q>(sql: String, cells: impl Iterator<Item = &'q Cell>) -> Query<'q, Any, AnyArguments> {
    let query = sqlx::query(AssertSqlSafe(sql));
    cells.fold(query, |query, cell| match cell {
        Cell::Text(text) => query.bind(text.as_str()),
        Cell::Number(number) => query.bind(*number),
        Cell::NoText => query.bind(None::<String>),
        Cell::NoNumber => query.bind(None::<i64>),
    })
}

/// Writes the rows that are newer than what the table has.
pub async fn write(connection: &mut AnyConnection, table: &Table, wave: &Wave) -> sqlx::Result<Written> {
    let mut written = Written::default();
    for rows in pieces(&wave.rows) {
        let query = bound(table.sql(rows.len()), rows.iter().flatten());
        if table.answers() {
            let given = query.fetch_all(&mut *connection).await?;
            written.accepted += given.len() as u64;
            written.given.extend(given);
        } else {
            written.accepted += query.execute(&mut *connection).await?.rows_affected();
        }
    }
    if let Some(parts) = table.parts {
        replace_parts(connection, parts, wave, &written.given).await?;
    }
    Ok(written)
}

async fn replace_parts(
    connection: &mut AnyConnection,
    parts: &Parts,
    wave: &Wave,
    given: &[AnyRow],
) -> sqlx::Result<()> {
    let mut accepted = std::collections::BTreeSet::new();
    for row in given {
        let key: Vec<String> = (0..parts.key.len()).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
        accepted.insert(key);
    }
    let keys: Vec<Row> = accepted.iter().map(|key| key.iter().cloned().map(Cell::Text).collect()).collect();
    for keys in pieces(&keys) {
        bound(parts.delete_sql(keys.len()), keys.iter().flatten()).execute(&mut *connection).await?;
    }
    let key_of = |row: &Row| -> Vec<String> {
        let texts = row.iter().take(parts.key.len());
        texts.filter_map(|cell| if let Cell::Text(text) = cell { Some(text.clone()) } else { None }).collect()
    };
    let of_accepted = wave.rows.iter().zip(&wave.parts).filter(|(row, _)| accepted.contains(&key_of(row)));
    let rows: Vec<&Row> = of_accepted.flat_map(|(_, parts)| parts).collect();
    for rows in pieces(&rows) {
        let cells = rows.iter().copied().flatten();
        bound(parts.insert_sql(rows.len()), cells).execute(&mut *connection).await?;
    }
    Ok(())
}
