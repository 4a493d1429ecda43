//! The command line of the server.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use server::config::{DatabaseSettings, ServeSettings};
use server::{bill, crash, demo, feed, files, invariants, keys, sandbox, serve, settings};

/// Lutong: road-traffic self-service.
#[derive(Parser)]
#[command(version, about)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and the API.
    Serve(Box<ServeSettings>),
    /// Read registry feed files; goes on where an earlier import stopped.
    Import(feed::ImportSettings),
    /// Sign feed files as a registry does, and make the keys for it.
    Feed(feed::sign::FeedCommand),
    /// Make, add, retire and list the program's keys.
    Keys(keys::command::KeyCommand),
    /// Seal all stored personal text anew with the newest key, so that older ones can be retired.
    Reseal(DatabaseSettings),
    /// Make a plausible registry with named people, and read it.
    Demo(demo::DemoSettings),
    /// Stand in for WeChat Pay: the same protocol, no money.
    Sandbox(sandbox::SandboxSettings),
    /// Fetch the payment provider's bill of a day and print how it differs from our books.
    Bill(bill::BillSettings),
    /// Check the promises about money and records on a live database.
    Invariants(DatabaseSettings),
    /// Print the OpenAPI document.
    Openapi,
    /// Print the reference of all settings, as Markdown.
    Settings,
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::start_logging();
    files::keep_private();
    crash::arm();
    let outcome = match CommandLine::parse().command {
        Command::Serve(settings) => serve::run(*settings).await,
        Command::Import(settings) => return feed::run(settings).await,
        Command::Feed(command) => return feed::sign::run(command),
        Command::Keys(command) => return keys::command::run(command).await,
        Command::Reseal(settings) => return keys::reseal::run(settings).await,
        Command::Demo(settings) => return demo::run(settings).await,
        Command::Sandbox(settings) => sandbox::run(settings).await,
        Command::Bill(settings) => return bill::run(settings).await,
        Command::Invariants(settings) => return invariants::run(settings).await,
        Command::Openapi => serve::print_openapi(),
        Command::Settings => {
            print_settings();
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "printing the reference is this command's work")]
fn print_settings() {
    print!("{}", settings::reference(&CommandLine::command()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_docs_is_the_one_that_the_command_prints() {
        let written = include_str!("../../docs/settings.md");
        let printed = settings::reference(&CommandLine::command());
        assert_eq!(written, printed, "run `server settings > docs/settings.md`");
    }

    #[test]
    fn every_setting_says_what_it_means() {
        let printed = settings::reference(&CommandLine::command());
        let rows: Vec<&str> =
            printed.lines().filter(|line| line.starts_with("| `") || line.starts_with("|  |")).collect();
        assert!(rows.len() > 20, "{printed}");
        for row in rows {
            assert!(!row.ends_with("|  |"), "{row}");
        }
        assert!(printed.contains("| `LUTONG_LIMITS` | `--limits` | `usual` |"), "{printed}");
    }
}
