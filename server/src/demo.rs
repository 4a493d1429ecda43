//! To be filled by its area.
#[derive(clap::Args, Clone, Debug)]
pub struct DemoSettings {}
pub async fn run(_: DemoSettings) -> std::process::ExitCode { std::process::ExitCode::SUCCESS }
