//! The settings of the build, from `cargo metadata`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Release,
    Dev,
}

pub struct Project {
    pub root: PathBuf,
    pub target: PathBuf,
    /// The folder that the server reads; its package folder holds everything that is named by hash.
    pub site: PathBuf,
    pub package_folder: String,
    pub output_name: String,
    pub library: String,
    pub features: Vec<String>,
    pub profile: String,
    pub style: PathBuf,
    pub assets: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    metadata: WorkspaceMetadata,
}

#[derive(Deserialize)]
struct WorkspaceMetadata {
    leptos: Vec<Leptos>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Leptos {
    name: String,
    lib_package: String,
    site_root: PathBuf,
    site_pkg_dir: String,
    style_file: PathBuf,
    assets_dir: PathBuf,
    lib_features: Vec<String>,
    lib_profile_release: String,
}

impl Project {
    pub fn load() -> Result<Self> {
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .context("cargo does not start")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        Self::from_metadata(&output.stdout)
    }

    fn from_metadata(json: &[u8]) -> Result<Self> {
        let Metadata { workspace_root: root, target_directory: target, metadata } =
            serde_json::from_slice(json).context("[[workspace.metadata.leptos]] in Cargo.toml")?;
        let count = metadata.leptos.len();
        let mut settings = metadata.leptos;
        let settings = settings
            .pop()
            .filter(|_| count == 1)
            .context("expected exactly one [[workspace.metadata.leptos]]")?;
        Ok(Self {
            site: root.join(settings.site_root),
            package_folder: settings.site_pkg_dir,
            output_name: settings.name,
            library: settings.lib_package,
            features: settings.lib_features,
            profile: settings.lib_profile_release,
            style: root.join(settings.style_file),
            assets: root.join(settings.assets_dir),
            root,
            target,
        })
    }
}
