//! From the application's crate to the files that a browser loads, not yet named.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::names::{LINK, PLACEHOLDER, Parts};
use crate::project::{Mode, Project};

const TARGET: &str = "wasm32-unknown-unknown";

/// The features that the compiler enables by itself; a split part does not name them.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Compiles the library and returns the module as the linker wrote it.
pub fn compile(project: &Project, mode: Mode) -> Result<Vec<u8>> {
    let profile = match mode {
        Mode::Release => project.profile.as_str(),
        Mode::Dev => "wasm-dev",
    };
    // Splitting reads relocations. The flag belongs to the browser's target alone, hence no RUSTFLAGS.
    let relocations = format!("target.{TARGET}.rustflags=[\"-Clink-args=--emit-relocs\"]");
    run(Command::new("cargo").current_dir(&project.root).args([
        "build",
        &format!("--package={}", project.library),
        "--lib",
        "--no-default-features",
        &format!("--features={}", project.features.join(",")),
        &format!("--target={TARGET}"),
        &format!("--profile={profile}"),
        &format!("--config={relocations}"),
    ]))?;
    let path = project.target.join(TARGET).join(profile).join(format!("{}.wasm", project.library));
    std::fs::read(&path).with_context(|| path.display().to_string())
}

/// Moves the code of every lazy island into a part of its own and generates the JavaScript around them.
pub fn split_and_bind(project: &Project, compiled: &[u8]) -> Result<Parts> {
    let folder = empty_folder(project, "split")?;
    let main = folder.join("main.wasm");
    let main_module = format!("./{}.{PLACEHOLDER}.js", project.output_name);
    let link = format!("./{LINK}.{PLACEHOLDER}.js");
    let split = wasm_split_cli_support::transform({
        let mut options = wasm_split_cli_support::Options::new(compiled);
        options.output_dir = &folder;
        options.main_out_path = &main;
        options.main_module = &main_module;
        options.link_name = &link;
        options
    })
    .map_err(|report| anyhow!("splitting the module: {report:?}"))?;

    let mut bound = Bindgen::new()
        .input_path(&main)
        .out_name(&project.output_name)
        .web(true)?
        .keep_lld_exports(true)
        .demangle(false)
        .typescript(false)
        .omit_default_module_path(true)
        .generate_output()
        .context("binding the module")?;
    bound.emit(&folder)?;
    let read = |path: &Path| std::fs::read(path).with_context(|| path.display().to_string());
    let splits =
        split.split_modules.iter().map(|path| Ok((stem(path)?, read(path)?))).collect::<Result<_>>()?;
    Ok(Parts {
        glue: join_scripts(&folder, &project.output_name)?,
        main: read(&folder.join(format!("{}_bg.wasm", project.output_name)))?,
        link: read(&folder.join(&link))?,
        splits,
        needed_by: split.prefetch_map.into_iter().collect(),
    })
}

/// Dependencies carry scripts of their own; the glue takes them in, so that one file starts the module.
fn join_scripts(folder: &Path, output_name: &str) -> Result<Vec<u8>> {
    let joined = folder.join("joined.js");
    run(esbuild()
        .arg(folder.join(format!("{output_name}.js")))
        .arg("--bundle")
        .arg(format!("--external:./{LINK}.*"))
        .arg(format!("--outfile={}", joined.display())))?;
    Ok(std::fs::read(joined)?)
}

fn esbuild() -> Command {
    let mut command = Command::new("esbuild");
    // The glue names the link module once for each function that it imports from there.
    command.args([
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
        "--log-override:duplicate-object-key=silent",
    ]);
    command
}

/// Makes every part small: modules by binaryen, scripts by esbuild.
pub fn optimise(project: &Project, parts: Parts) -> Result<Parts> {
    let folder = empty_folder(project, "optimise")?;
    let module = |bytes: Vec<u8>| {
        let mut command = Command::new("wasm-opt");
        command.arg("-Oz").args(FEATURES);
        through(&folder, "wasm", &bytes, command, |command, from, to| command.arg(from).arg("-o").arg(to))
    };
    let script = |bytes: Vec<u8>| {
        let mut command = esbuild();
        command.arg("--minify");
        through(&folder, "js", &bytes, command, |command, from, to| {
            command.arg(from).arg(format!("--outfile={}", to.display()))
        })
    };
    Ok(Parts {
        glue: script(parts.glue)?,
        main: module(parts.main)?,
        link: script(parts.link)?,
        splits: parts
            .splits
            .into_iter()
            .map(|(name, bytes)| Ok((name, module(bytes)?)))
            .collect::<Result<_>>()?,
        needed_by: parts.needed_by,
    })
}

fn through(
    folder: &Path,
    ending: &str,
    bytes: &[u8],
    mut command: Command,
    arguments: impl Fn(&mut Command, PathBuf, PathBuf) -> &mut Command,
) -> Result<Vec<u8>> {
    let (from, to) = (folder.join(format!("in.{ending}")), folder.join(format!("out.{ending}")));
    std::fs::write(&from, bytes)?;
    arguments(&mut command, from, to.clone());
    run(&mut command)?;
    Ok(std::fs::read(to)?)
}

pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{name} does not start: is it on PATH?"))?;
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}

fn empty_folder(project: &Project, name: &str) -> Result<PathBuf> {
    let folder = project.target.join("bundle").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn stem(path: &Path) -> Result<String> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    Ok(stem.with_context(|| format!("{} has no name", path.display()))?.to_owned())
}
