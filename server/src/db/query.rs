//! Queries as declarations: name, arguments, result and SQL text in one place.

/// Declares queries. Each becomes an `async fn` whose first argument is the connection and whose result is a
/// `sqlx::Result`. Arguments are bound in their order, or as the list after them says. The result is one of
///
/// - `run`: nothing;
/// - `changed`: whether exactly one row was written; `count`: how many were;
/// - `first ROW`: a row or none; `one ROW`: a row that must be there; `all ROW`: every row;
/// - `value TYPE`, `scalar TYPE`, `values TYPE`: the same for one column.
///
/// All texts are listed in `STATEMENTS`, so that a test prepares each on both engines. Texts that a function of the
/// module runs itself stand under `statements`.
macro_rules! queries {
    (
        $(statements { $($(#[$text_meta:meta])* $text:ident = $text_sql:expr;)* })?
        $(
            $(#[$meta:meta])*
            pub fn $name:ident($($arg:ident: $type:ty),* $(,)?) $([$($bind:expr),* $(,)?])?
                -> $how:ident $($row:ty)? = $sql:expr;
        )*
    ) => {
        $($($(#[$text_meta])* const $text: &str = $text_sql;)*)?
        $(
            $(#[$meta])*
            pub async fn $name(
                connection: &mut sqlx::AnyConnection,
                $($arg: $type),*
            ) -> sqlx::Result<$crate::db::query::result!($how $($row)?)> {
                let arguments = $crate::db::query::bound!(($($arg),*) $([$($bind),*])?);
                let done: sqlx::Result<_> = $crate::db::query::run!($how, connection, $sql, arguments);
                done.map_err(|error| {
                    $crate::db::query::in_query(concat!(module_path!(), "::", stringify!($name)), error)
                })
            }
        )*

        /// Every statement of this module by name.
        pub const STATEMENTS: &[(&str, &str)] =
            &[$($((stringify!($text), $text_sql),)*)? $((stringify!($name), $sql)),*];
    };
}
pub(crate) use queries;

/// Adds the query's name to an error about a column.
pub(crate) fn in_query(query: &str, error: sqlx::Error) -> sqlx::Error {
    match error {
        sqlx::Error::ColumnDecode { index, source } => {
            sqlx::Error::ColumnDecode { index: format!("{index} of {query}"), source }
        }
        error => error,
    }
}

/// The Rust type of a result.
macro_rules! result {
    (run) => { () };
    (changed) => { bool };
    (count) => { u64 };
    (first $row:ty) => { Option<$row> };
    (value $row:ty) => { Option<$row> };
    (one $row:ty) => { $row };
    (scalar $row:ty) => { $row };
    (all $row:ty) => { Vec<$row> };
    (values $row:ty) => { Vec<$row> };
}
pub(crate) use result;

/// The arguments of a query in order.
macro_rules! bound {
    (()) => { sqlx::any::AnyArguments::default() };
    (($($arg:expr),+)) => { $crate::db::query::bound!(() [$($arg),+]) };
    (($($arg:expr),*) [$($bind:expr),+]) => {{
        let mut arguments = sqlx::any::AnyArguments::default();
        $($crate::db::column::Bind::bind($bind, &mut arguments).map_err(sqlx::Error::Encode)?;)*
        arguments
    }};
}
pub(crate) use bound;

/// Runs the query for its result.
macro_rules! run {
    (run, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_with($sql, $arguments).execute($connection).await.map(drop)
    };
    (changed, $connection:expr, $sql:expr, $arguments:expr) => {{
        let done = sqlx::query_with($sql, $arguments).execute($connection).await?;
        Ok(done.rows_affected() == 1)
    }};
    (count, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_with($sql, $arguments).execute($connection).await.map(|done| done.rows_affected())
    };
    (first, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_as_with($sql, $arguments).fetch_optional($connection).await
    };
    (one, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_as_with($sql, $arguments).fetch_one($connection).await
    };
    (all, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_as_with($sql, $arguments).fetch_all($connection).await
    };
    (value, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_scalar_with($sql, $arguments).fetch_optional($connection).await
    };
    (scalar, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_scalar_with($sql, $arguments).fetch_one($connection).await
    };
    (values, $connection:expr, $sql:expr, $arguments:expr) => {
        sqlx::query_scalar_with($sql, $arguments).fetch_all($connection).await
    };
}
pub(crate) use run;
