//! The check values of keys, and every place where sealed text is stored.

use sqlx::{AnyConnection, AssertSqlSafe};

use super::queries;

/// A column of sealed text, whose place is `TABLE:KEY:COLUMN`.
pub struct Sealed {
    pub table: &'static str,
    /// The column of the primary key.
    pub key: &'static str,
    pub column: &'static str,
    /// Rows in which the column holds something else are left out.
    only: &'static str,
}

pub const SEALED: &[Sealed] = &[
    Sealed { table: "persons", key: "id", column: "name", only: "" },
    Sealed { table: "persons", key: "id", column: "id_number", only: "" },
    Sealed { table: "persons", key: "id", column: "phone", only: "" },
    Sealed { table: "licences", key: "person_id", column: "file_number", only: "" },
    Sealed { table: "accounts", key: "id", column: "phone", only: "" },
    Sealed { table: "outbox", key: "id", column: "recipient", only: " and kind in ('sms', 'unsent')" },
    Sealed { table: "outbox", key: "id", column: "body", only: " and kind in ('sms', 'unsent')" },
];

/// Rows that are re-sealed in one transaction.
const BATCH: usize = 500;

impl Sealed {
    pub fn place(&self, key: &str) -> String {
        format!("{}:{key}:{}", self.table, self.column)
    }

    /// The statement that finds rows under other keys than the newest.
    pub fn find_sql(&self) -> String {
        let Self { table, key, column, only } = self;
        format!(
            "select {key}, {column} from {table} where {key} > $1 and {column} is not null \
             and {column} not like $2{only} order by {key} limit {BATCH}"
        )
    }

    /// The statement that replaces the text that was found.
    pub fn replace_sql(&self) -> String {
        let Self { table, key, column, .. } = self;
        format!("update {table} set {column} = $3 where {key} = $1 and {column} = $2")
    }

    /// Key and text of the next rows that are not sealed with the newest key.
    pub async fn find(
        &self,
        connection: &mut AnyConnection,
        after: &str,
        newest: &str,
    ) -> sqlx::Result<Vec<(String, String)>> {
        let query = sqlx::query_as(AssertSqlSafe(self.find_sql())).bind(after.to_owned());
        query.bind(format!("{newest}.%")).fetch_all(connection).await
    }

    /// False where the text changed meanwhile.
    pub async fn replace(
        &self,
        connection: &mut AnyConnection,
        key: &str,
        old: &str,
        new: &str,
    ) -> sqlx::Result<bool> {
        let query = sqlx::query(AssertSqlSafe(self.replace_sql())).bind(key.to_owned()).bind(old.to_owned());
        Ok(query.bind(new.to_owned()).execute(connection).await?.rows_affected() == 1)
    }
}

queries! {
    pub fn checks() -> all (String, String) =
        "select name, value from key_checks order by name";

    pub fn note_check(name: &str, value: &str, now: i64) -> run =
        "insert into key_checks (name, value, noted_at) values ($1, $2, $3) on conflict (name) do nothing";

    pub fn forget_check(name: &str) -> run =
        "delete from key_checks where name = $1";

    /// ID and sealed ID number of any person.
    pub fn some_person() -> first (String, String) =
        "select id, id_number from persons limit 1";

    /// Phone hash, ID and sealed phone of any account.
    pub fn some_account() -> first (String, String, String) =
        "select phone_hash, id, phone from accounts limit 1";

    /// The signed text of any receipt.
    pub fn some_receipt() -> value String =
        "select canonical from receipts limit 1";
}
