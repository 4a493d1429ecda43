//! Seals every stored text anew with the newest key, in batches. It may be stopped and started again at any time.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::config::DatabaseSettings;
use crate::db::keys::{self, SEALED, Sealed};
use crate::db::{Fault, Store};
use crate::sealing::Sealer;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    pub texts: u64,
    /// Places of texts that no key opens.
    pub unreadable: Vec<String>,
    /// IDs of the keys that nothing is sealed with any more.
    pub retired: Vec<String>,
}

/// Re-seals everything; `progress` hears after each batch how many texts were re-sealed, and may stop it there.
pub async fn reseal(
    store: &Store,
    sealer: &Arc<Sealer>,
    clock: &Arc<dyn Clock>,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Resealed, Fault> {
    let mut done = Resealed::default();
    for sealed in SEALED {
        let mut after = String::new();
        loop {
            let rows = sealed.find(&mut *store.read().await?, &after, sealer.newest()).await?;
            let Some((last, _)) = rows.last() else { break };
            after.clone_from(last);
            let changed = changed(sealed, &rows, sealer, &**clock, &mut done.unreadable);
            done.texts += write(store, sealed, changed).await?;
            if progress(done.texts).is_break() {
                return Ok(done);
            }
        }
    }
    if done.unreadable.is_empty() {
        done.retired = forget_old_keys(store, sealer).await?;
    }
    Ok(done)
}

/// Key, old text, new text.
type Change = (String, String, String);

fn changed(
    sealed: &Sealed,
    rows: &[(String, String)],
    sealer: &Sealer,
    clock: &dyn Clock,
    unreadable: &mut Vec<String>,
) -> Vec<Change> {
    let mut changes = Vec::with_capacity(rows.len());
    for (key, old) in rows {
        let place = sealed.place(key);
        match sealer.open(&place, old) {
            Ok(text) => changes.push((key.clone(), old.clone(), sealer.seal(clock, &place, &text))),
            Err(error) => unreadable.push(format!("{place}: {error}")),
        }
    }
    changes
}

/// A text that changed meanwhile is left: whoever changed it sealed it.
async fn write(store: &Store, sealed: &'static Sealed, changes: Vec<Change>) -> Result<u64, Fault> {
    let changes = Arc::new(changes);
    let written = store.write((), move |connection, ()| {
        let changes = Arc::clone(&changes);
        Box::pin(async move {
            let mut written = 0;
            for (key, old, new) in changes.iter() {
                written += u64::from(sealed.replace(connection, key, old, new).await?);
            }
            Ok(written)
        })
    });
    written.await
}

async fn forget_old_keys(store: &Store, sealer: &Sealer) -> Result<Vec<String>, Fault> {
    let newest = format!("seal:{}", sealer.newest());
    let names: Vec<String> = keys::checks(&mut *store.read().await?)
        .await?
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("seal:") && *name != newest)
        .collect();
    let forgotten = names.clone();
    let writing = store.write(names, move |connection, names| {
        Box::pin(async move {
            for name in &names {
                keys::forget_check(connection, name).await?;
            }
            Ok(())
        })
    });
    writing.await?;
    Ok(forgotten.iter().filter_map(|name| name.strip_prefix("seal:")).map(str::to_owned).collect())
}

/// The command: ends with 2 when texts could not be opened.
#[expect(clippy::print_stdout, reason = "the counts are this command's answer")]
pub async fn run(settings: DatabaseSettings) -> ExitCode {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let resealed = async {
        let (store, sealer) = super::open(&settings, false, &*clock).await?;
        let progress = |texts| {
            tracing::info!(texts, "re-sealed");
            ControlFlow::Continue(())
        };
        Ok::<_, Fault>((reseal(&store, &sealer, &clock, progress).await?, sealer))
    };
    match resealed.await {
        Ok((done, sealer)) => {
            println!("{} texts re-sealed with key {}", done.texts, sealer.newest());
            done.unreadable.iter().for_each(|place| tracing::error!("unreadable: {place}"));
            if !done.retired.is_empty() {
                println!("no longer needed: {}", done.retired.join(", "));
            }
            if done.unreadable.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
        }
        Err(fault) => {
            tracing::error!("{fault}");
            ExitCode::FAILURE
        }
    }
}
