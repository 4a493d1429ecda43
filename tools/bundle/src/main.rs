//! Builds the browser's part of the application into the site folder that the server reads: the WebAssembly module split
//! at its lazy islands, the JavaScript that loads it, the style and the assets. `[[workspace.metadata.leptos]]` in
//! Cargo.toml holds the settings, so that `cargo leptos` and this program read the same ones.

mod compress;
mod module;
mod names;
mod project;
mod site;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::Parser;

use project::{Mode, Project};

#[derive(Parser)]
#[command(about = "Builds the browser's part into the site folder, and hash.txt beside the server's binary")]
struct Arguments {
    /// Compiles fast and skips optimising, minifying and compressing.
    #[arg(long)]
    dev: bool,
    /// The profile whose server reads the site; its folder receives hash.txt.
    #[arg(long, default_value = "dev")]
    server_profile: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match build(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build(arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    let step = |what: &str| eprintln!("   bundle: {what} ({:.1} s)", start.elapsed().as_secs_f32());
    let mode = if arguments.dev { Mode::Dev } else { Mode::Release };
    let project = Project::load()?;

    step("compiling for the browser");
    let compiled = module::compile(&project, mode)?;
    let made_from = site::fingerprint(&project, mode, &compiled)?;
    if site::is_current(&project, &made_from) {
        step("nothing changed");
        return site::write_hashes(&project, &arguments.server_profile);
    }

    step("splitting and binding");
    let parts = module::split_and_bind(&project, &compiled)?;
    let parts = match mode {
        Mode::Release => {
            step("optimising");
            module::optimise(&project, parts)?
        }
        Mode::Dev => parts,
    };
    step("style and assets");
    let style = site::style(&project, mode)?;
    let staged = site::Staged::write(&project, &names::name_parts(&project.output_name, parts)?, &style)?;
    if mode == Mode::Release {
        step("compressing");
        compress::folder(staged.folder())?;
    }
    staged.publish(&project, &made_from)?;
    site::write_hashes(&project, &arguments.server_profile)?;
    step(&format!("wrote {}", project.site.display()));
    Ok(())
}
