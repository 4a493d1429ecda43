//! Refuses to start with settings that are unsafe where people use the server.

use std::net::IpAddr;
use std::path::Path;

use super::{LimitSettings, ServeSettings};
use crate::db::Fault;
use crate::gateways::wechat::keys::{PRIVATE_KEY, SECRET};
use crate::keys::KeyStore;

/// Checks the settings as a whole. The error names everything that is to be changed.
pub fn check(settings: &ServeSettings) -> Result<(), Fault> {
    let (mode, faults) = if settings.environment.development {
        ("development", refuse_development_with(settings))
    } else {
        ("production", refuse_production_without(settings))
    };
    if faults.is_empty() {
        return Ok(());
    }
    Err(Fault::Internal(format!("the settings do not fit {mode}:\n  - {}", faults.join("\n  - "))))
}

/// Development shows codes to everybody who reaches the server, so nobody but this machine may reach it.
fn refuse_development_with(settings: &ServeSettings) -> Vec<String> {
    let mut faults = Vec::new();
    if settings.origin.starts_with("https:") {
        faults.push("LUTONG_ORIGIN is an https address: unset LUTONG_DEVELOPMENT".into());
    }
    if !settings.listen.ip().is_loopback() {
        faults.push(format!("LEPTOS_SITE_ADDR is {}: only a loopback address is permitted", settings.listen));
    }
    faults
}

/// The settings that production lacks, one sentence each.
pub fn refuse_production_without(settings: &ServeSettings) -> Vec<String> {
    let database = &settings.database;
    let wechat = settings.wechat.folder(&database.data);
    let lacks = |present: bool, sentence: &str| (!present).then(|| sentence.to_owned());
    let file =
        |path: &Path, what: &str| (!path.is_file()).then(|| format!("{what}: {} is missing", path.display()));
    [
        lacks(settings.origin.starts_with("https:"), "LUTONG_ORIGIN: the https address of the site"),
        lacks(
            settings.sms_url.as_deref().is_some_and(is_private),
            "LUTONG_SMS_URL: the https address of the SMS provider",
        ),
        lacks(
            settings.sms_token.as_deref().is_some_and(|token| !token.is_empty()),
            "LUTONG_SMS_TOKEN: what the SMS provider knows the program by",
        ),
        file(&wechat.join(PRIVATE_KEY), "LUTONG_WECHAT_KEYS: the merchant's key"),
        file(&wechat.join(SECRET), "LUTONG_WECHAT_KEYS: the APIv3 key"),
        lacks(settings.environment.now.is_none(), "LUTONG_NOW: unset it; it is for development"),
        lacks(settings.limits == LimitSettings::Usual, "LUTONG_LIMITS: usual; generous is for development"),
    ]
    .into_iter()
    .flatten()
    .chain(settings.wechat.refuse_production_without())
    .chain(KeyStore::of(database).absent())
    .collect()
}

/// Texts go to the provider encrypted, or to a program on this machine.
fn is_private(url: &str) -> bool {
    let Ok(url) = url.parse::<http::Uri>() else { return false };
    let host = url.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme_str() == Some("https") || local
}
