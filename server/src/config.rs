//! What is set from outside: flags and environment variables, read once at start.

mod connections;
mod development;
pub mod guard;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use crate::address::network;
use crate::gateways::wechat;
use crate::keys::KeySettings;
use crate::limits::Limits;

pub use connections::ConnectionSettings;
pub use development::DevelopmentSettings;

#[derive(Args, Clone, Debug)]
pub struct DatabaseSettings {
    /// sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://data/lutong.db", hide_env_values = true)]
    pub database_url: String,
    /// The folder of pictures, feed reports and, where no other is named, keys.
    #[arg(long, env = "LUTONG_DATA", default_value = "data")]
    pub data: PathBuf,
    #[command(flatten)]
    pub keys: KeySettings,
}

#[derive(Args, Clone, Debug)]
pub struct ServeSettings {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Where people reach the program, as in their address bar.
    #[arg(long, env = "LUTONG_ORIGIN", default_value = "http://127.0.0.1:3000")]
    pub origin: String,
    /// Address and port that the server listens on.
    #[arg(long, env = "LEPTOS_SITE_ADDR", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where Prometheus reads the program's measures, away from the public; without it nowhere.
    #[arg(long, env = "LUTONG_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    pub wechat: wechat::Settings,
    /// Where SMS texts go, one JSON object each; without it they wait in the outbox.
    #[arg(long, env = "LUTONG_SMS_URL")]
    pub sms_url: Option<String>,
    /// What the SMS provider knows the program by, sent as a bearer token.
    #[arg(long, env = "LUTONG_SMS_TOKEN", hide_env_values = true)]
    pub sms_token: Option<String>,
    /// How much one address may ask for: usual, or generous for browser tests and load from one machine.
    #[arg(long, env = "LUTONG_LIMITS", default_value = "usual")]
    pub limits: LimitSettings,
    /// Addresses and networks of our own proxies, separated by commas: for what comes from them, the rightmost address of
    /// X-Forwarded-For that is none of theirs is counted.
    #[arg(long, env = "LUTONG_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// A folder whose new files are read as registry feeds.
    #[arg(long, env = "LUTONG_FEED_FOLDER")]
    pub feed_folder: Option<PathBuf>,
    /// The registries whose signed feed files are read, a TOML file as docs/feed.md says.
    #[arg(long, env = "LUTONG_FEED_SOURCES")]
    pub feed_sources: Option<PathBuf>,
    #[command(flatten)]
    pub environment: DevelopmentSettings,
    #[command(flatten)]
    pub connections: ConnectionSettings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LimitSettings {
    Usual,
    Generous,
}

impl LimitSettings {
    pub fn limits(self) -> Limits {
        match self {
            Self::Usual => Limits::new(600, 1_500, 5, 1_000),
            Self::Generous => Limits::new(1_000_000, 1_000_000, 1_000, 1_000_000).pages(1_000_000),
        }
    }
}
