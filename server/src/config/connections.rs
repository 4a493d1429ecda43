//! Settings of the connections that the server holds open.

use std::time::Duration;

use clap::Args;

use crate::http::connections::ConnectionLimits;

#[derive(Args, Clone, Debug)]
pub struct ConnectionSettings {
    /// Connections at the same time. The number of files that the process may open lowers it.
    #[arg(long, env = "LUTONG_MAX_CONNECTIONS", default_value_t = 10_000)]
    pub max_connections: usize,
    /// Connections of one address at the same time. Those of trusted proxies are not counted.
    #[arg(long, env = "LUTONG_MAX_CONNECTIONS_PER_ADDRESS", default_value_t = 200)]
    pub max_connections_per_address: usize,
    /// Seconds from the first byte of a request, or from connecting, to the end of the request's headers.
    #[arg(long, env = "LUTONG_HEADER_SECONDS", default_value_t = 10)]
    pub header_seconds: u64,
    /// Seconds that a connection stays open between two requests: more than the proxy in front keeps its own.
    #[arg(long, env = "LUTONG_IDLE_SECONDS", default_value_t = 75)]
    pub idle_seconds: u64,
    /// Seconds from the end of the headers until the client has taken the whole answer.
    #[arg(long, env = "LUTONG_EXCHANGE_SECONDS", default_value_t = 120)]
    pub exchange_seconds: u64,
    /// Seconds that requests and jobs have to end once the server is told to stop.
    #[arg(long, env = "LUTONG_STOP_SECONDS", default_value_t = 20)]
    pub stop_seconds: u64,
}

impl ConnectionSettings {
    pub fn limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            total: self.max_connections,
            per_address: self.max_connections_per_address,
            header: Duration::from_secs(self.header_seconds),
            idle: Duration::from_secs(self.idle_seconds),
            exchange: Duration::from_secs(self.exchange_seconds),
            stop: Duration::from_secs(self.stop_seconds),
        }
    }
}
