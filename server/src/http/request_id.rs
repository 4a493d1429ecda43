//! A short reference per request: in the log, and on the page when something fails.

tokio::task_local! {
    pub static REQUEST_ID: String;
}

/// The reference of the request being answered, or `-` in a job.
pub fn current() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_else(|_| "-".into())
}
