//! Settings that only a machine for development or tests may have.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;

use crate::clock::{Clock, ShiftedClock, SystemClock};
use crate::db::Fault;

#[derive(Args, Clone, Debug, Default)]
pub struct DevelopmentSettings {
    /// For development and tests: shows SMS texts in a page at /outbox instead of sending them, makes keys that are
    /// missing, and permits the commands `demo` and `sandbox`.
    #[arg(long, env = "LUTONG_DEVELOPMENT")]
    pub development: bool,
    /// Takes this moment (RFC 3339) as the time of start and goes on from there. Only in development.
    #[arg(long, env = "LUTONG_NOW")]
    pub now: Option<DateTime<Utc>>,
}

impl DevelopmentSettings {
    /// Refuses the command outside of development.
    pub fn require(&self, command: &str) -> Result<(), Fault> {
        if self.development {
            return Ok(());
        }
        Err(Fault::Internal(format!(
            "the command `{command}` is for development: set LUTONG_DEVELOPMENT=true"
        )))
    }

    /// The machine's clock, or in development one that starts at the given moment.
    pub fn clock(&self) -> Result<Arc<dyn Clock>, Fault> {
        match self.now {
            None => Ok(Arc::new(SystemClock)),
            Some(moment) if self.development => Ok(Arc::new(ShiftedClock::starting_at(moment))),
            Some(_) => {
                Err(Fault::Internal("LUTONG_NOW is for development: set LUTONG_DEVELOPMENT=true".into()))
            }
        }
    }
}
