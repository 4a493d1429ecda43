//! The operator's command: fetches and compares the provider's bill of a day, and prints the differences.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use clap::Args;
use rules::money::Fen;

use crate::clock::{Clock, SystemClock};
use crate::config::DatabaseSettings;
use crate::db::bills::DifferenceRow;
use crate::db::{Fault, Store};
use crate::engine::payments::bill::{self, Books};
use crate::gateways::payment::PaymentProvider;
use crate::gateways::wechat;

#[derive(Args, Clone, Debug)]
pub struct BillSettings {
    #[command(flatten)]
    pub database: DatabaseSettings,
    #[command(flatten)]
    pub wechat: wechat::Settings,
    /// The day of the bill, as 2026-11-18. Without it: yesterday
    #[arg(long)]
    pub day: Option<NaiveDate>,
}

fn sum(fen: Option<i64>) -> String {
    fen.map_or_else(|| "-".into(), |fen| Fen::new(fen).to_string())
}

#[expect(clippy::print_stdout, reason = "printing the list is this command's work")]
fn print(differences: &[DifferenceRow]) {
    println!("day\tdifference\tkind\tnumber\tours\ttheirs");
    for row in differences {
        let DifferenceRow { day, difference, kind, number, ours, theirs } = row;
        println!("{day}\t{difference}\t{kind}\t{number}\t{}\t{}", sum(*ours), sum(*theirs));
    }
}

async fn differences(settings: &BillSettings) -> Result<Option<Vec<DifferenceRow>>, Fault> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let database = &settings.database;
    let store = Store::open(&database.database_url).await?;
    let client = settings.wechat.client(&database.data, "", Arc::clone(&clock));
    let client = client.map_err(|error| Fault::Internal(format!("WeChat Pay: {error}")))?;
    let yesterday = rules::calendar::local(clock.now()).date() - TimeDelta::days(1);
    let provider: &dyn PaymentProvider = &client;
    bill::fetch(Books { store: &store, provider, clock: &*clock }, settings.day.unwrap_or(yesterday)).await
}

/// Succeeds where the bill and our books agree; code 2 where they differ.
pub async fn run(settings: BillSettings) -> ExitCode {
    match differences(&settings).await {
        Ok(Some(differences)) => {
            print(&differences);
            if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
        }
        Ok(None) => {
            tracing::error!("the provider has no bill of that day yet");
            ExitCode::FAILURE
        }
        Err(fault) => {
            tracing::error!("{fault}");
            ExitCode::FAILURE
        }
    }
}
