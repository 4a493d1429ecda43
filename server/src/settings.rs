//! The reference of all settings, written from their own help.

use std::fmt::Write;

use clap::{Arg, Command};

const HEAD: &str = "# Settings\n\n\
    `server settings` prints this file; a test compares the two. A flag wins over its variable, and a variable over the \
    default.\n";

/// Every command with its settings, as a Markdown document.
pub fn reference(program: &Command) -> String {
    let mut text = HEAD.to_owned();
    program.get_subcommands().for_each(|command| describe(&mut text, "server", command));
    text
}

fn describe(text: &mut String, parent: &str, command: &Command) {
    let name = format!("{parent} {}", command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    write!(text, "\n## {name}\n\n{}\n", sentence(&about)).expect("a string takes text");
    let mut settings: Vec<&Arg> = command.get_arguments().filter(|arg| arg.get_id() != "help").collect();
    settings.sort_by_key(|arg| !arg.is_positional());
    if !settings.is_empty() {
        text.push_str("\n| variable | flag | default | meaning |\n| --- | --- | --- | --- |\n");
        settings.iter().for_each(|arg| text.push_str(&row(arg)));
    }
    command.get_subcommands().for_each(|inner| describe(text, &name, inner));
}

fn row(arg: &Arg) -> String {
    let variable = arg.get_env().map(|name| code(&name.to_string_lossy())).unwrap_or_default();
    let flag = match arg.get_long() {
        Some(long) => code(&format!("--{long}")),
        None => code(&format!("{}…", arg.get_id().as_str().to_uppercase())),
    };
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let default = if arg.get_action().takes_values() && !defaults.is_empty() {
        code(&defaults.join(","))
    } else {
        String::new()
    };
    let choices: Vec<_> = arg.get_possible_values().iter().map(|value| code(value.get_name())).collect();
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut meaning = sentence(&help.replace('\n', " "));
    if arg.get_action().takes_values() && !choices.is_empty() {
        write!(meaning, " One of {}.", choices.join(", ")).expect("a string takes text");
    }
    format!("| {variable} | {flag} | {default} | {} |\n", meaning.replace('|', "\\|"))
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Help ends without a full stop, because clap removes it.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
