//! The site folder: written beside the old one and put in its place when it is complete.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::names::{Named, hash, hash_file};
use crate::project::{Mode, Project};

/// Files of the target folder that say what the site was made from and how its files are named.
const MADE_FROM: &str = "bundle/made-from";
const HASHES: &str = "bundle/hash.txt";

/// A hash of everything that the site is made from.
pub fn fingerprint(project: &Project, mode: Mode, compiled: &[u8]) -> Result<String> {
    let mut contents = vec![format!("{mode:?}").into_bytes(), compiled.to_vec()];
    contents.push(std::fs::read(std::env::current_exe()?)?);
    contents.push(std::fs::read(project.root.join("end2end/package-lock.json"))?);
    let style = project.style.parent().context("the style file has no folder")?;
    for file in files_below(style)?.into_iter().chain(files_below(&project.assets)?) {
        contents.push(file.display().to_string().into_bytes());
        contents.push(std::fs::read(&file)?);
    }
    Ok(hash(contents.iter().map(Vec::as_slice)))
}

pub fn is_current(project: &Project, made_from: &str) -> bool {
    let stored = std::fs::read_to_string(project.target.join(MADE_FROM));
    stored.is_ok_and(|stored| stored == description(project, made_from))
        && project.site.join(&project.package_folder).is_dir()
        && project.target.join(HASHES).is_file()
}

fn description(project: &Project, made_from: &str) -> String {
    format!("{} {made_from}\n", project.site.display())
}

/// Compiles the style sheet.
pub fn style(project: &Project, mode: Mode) -> Result<Vec<u8>> {
    let mut command = Command::new("sass");
    command.arg("--no-source-map").arg(&project.style);
    if mode == Mode::Release {
        command.arg("--style=compressed");
    }
    let output = command.output().context("sass does not start: is it on PATH?")?;
    ensure!(output.status.success(), "sass failed:\n{}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

pub struct Staged {
    folder: PathBuf,
    hashes: String,
}

impl Staged {
    /// Writes the assets, the parts and the style into a folder beside the site.
    pub fn write(project: &Project, parts: &Named, style: &[u8]) -> Result<Self> {
        let folder = beside(&project.site, "new");
        remove(&folder)?;
        let package = folder.join(&project.package_folder);
        std::fs::create_dir_all(&package)?;
        for file in files_below(&project.assets)? {
            let to = folder.join(file.strip_prefix(&project.assets)?);
            std::fs::create_dir_all(to.parent().context("an asset has no folder")?)?;
            std::fs::copy(&file, to)?;
        }
        for (name, bytes) in &parts.files {
            std::fs::write(package.join(name), bytes)?;
        }
        let style_hash = hash([style]);
        std::fs::write(package.join(format!("{}.{style_hash}.css", project.output_name)), style)?;
        Ok(Self { folder, hashes: hash_file(&parts.hash, &style_hash) })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn publish(self, project: &Project, made_from: &str) -> Result<()> {
        let old = beside(&project.site, "old");
        remove(&old)?;
        if project.site.exists() {
            std::fs::rename(&project.site, &old)?;
        }
        std::fs::rename(&self.folder, &project.site)?;
        remove(&old)?;
        std::fs::write(project.target.join(HASHES), self.hashes)?;
        Ok(std::fs::write(project.target.join(MADE_FROM), description(project, made_from))?)
    }
}

/// Puts the names beside the server's binary, where leptos looks for them.
pub fn write_hashes(project: &Project, server_profile: &str) -> Result<()> {
    let folder = project.target.join(if server_profile == "dev" { "debug" } else { server_profile });
    std::fs::create_dir_all(&folder)?;
    std::fs::copy(project.target.join(HASHES), folder.join("hash.txt"))?;
    Ok(())
}

fn beside(site: &Path, ending: &str) -> PathBuf {
    let mut name = site.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    name.into()
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Every file below a folder, sorted.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
