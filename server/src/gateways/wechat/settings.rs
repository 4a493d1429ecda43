//! The settings of WeChat Pay. Their defaults are the sandbox's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::client::{Client, Merchant};
use super::keys::KeyError;
use crate::clock::Clock;

/// The merchant, app and certificate that the sandbox knows.
pub const SANDBOX_MERCHANT: &str = "1900000001";
pub const SANDBOX_APP: &str = "wx0000000000000001";
pub const SANDBOX_SERIAL: &str = "6C75746F6E670000000000000000000000000001";

#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Where WeChat Pay, or the sandbox that stands in for it, answers.
    #[arg(long = "wechat-url", env = "LUTONG_WECHAT_URL", default_value = "http://127.0.0.1:3001")]
    pub url: String,
    #[expect(rustdoc::bare_urls, reason = "the command shows the text as it stands")]
    /// Origins of the provider's payment pages, separated by commas: forms may lead on to them, and to no others. WeChat
    /// Pay's is https://wx.tenpay.com
    #[arg(
        long = "wechat-pages",
        env = "LUTONG_WECHAT_PAGES",
        default_value = "http://127.0.0.1:3002",
        value_delimiter = ','
    )]
    pub pages: Vec<String>,
    /// Where WeChat Pay sends notifications. Without it: ORIGIN/gateways/wechat/notifications
    #[arg(long = "wechat-notify-url", env = "LUTONG_WECHAT_NOTIFY_URL")]
    pub notify_url: Option<String>,
    /// The merchant number.
    #[arg(long = "wechat-merchant", env = "LUTONG_WECHAT_MERCHANT", default_value = SANDBOX_MERCHANT)]
    pub merchant: String,
    /// The app id that is bound to the merchant number.
    #[arg(long = "wechat-app", env = "LUTONG_WECHAT_APP", default_value = SANDBOX_APP)]
    pub app: String,
    /// The serial number of the merchant's own certificate.
    #[arg(long = "wechat-serial", env = "LUTONG_WECHAT_SERIAL", default_value = SANDBOX_SERIAL)]
    pub serial: String,
    /// Folder of the keys for WeChat Pay: apiclient_key.pem, apiv3.key (32 characters), and platform/SERIAL.pem for each
    /// certificate or public key (PUB_KEY_ID_….pem) of the platform. Without it: DATA/wechat
    #[arg(long = "wechat-keys", env = "LUTONG_WECHAT_KEYS")]
    pub keys: Option<PathBuf>,
}

impl Settings {
    /// The folder of the keys.
    pub fn folder(&self, data: &Path) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| data.join("wechat"))
    }

    pub fn client(&self, data: &Path, origin: &str, clock: Arc<dyn Clock>) -> Result<Client, KeyError> {
        let notify_url = self.notify_url.clone();
        let merchant = Merchant {
            url: self.url.clone(),
            pages: self.pages.iter().map(|page| page.trim_end_matches('/').to_owned()).collect(),
            notify_url: notify_url.unwrap_or_else(|| format!("{origin}/gateways/wechat/notifications")),
            origin: origin.to_owned(),
            id: self.merchant.clone(),
            app: self.app.clone(),
            serial: self.serial.clone(),
            keys: self.folder(data),
        };
        Client::new(merchant, clock)
    }

    /// The settings with which no real money must be taken, one sentence each.
    pub fn refuse_production_without(&self) -> Vec<String> {
        let private = |address: &String| address.starts_with("https:");
        let mut lacking = Vec::new();
        if !private(&self.url) {
            lacking.push("LUTONG_WECHAT_URL: the https address of the provider".to_owned());
        }
        if !self.pages.iter().all(private) {
            lacking.push("LUTONG_WECHAT_PAGES: the https origins of the provider's payment pages".to_owned());
        }
        let own = [
            ("LUTONG_WECHAT_MERCHANT", &self.merchant, SANDBOX_MERCHANT),
            ("LUTONG_WECHAT_APP", &self.app, SANDBOX_APP),
            ("LUTONG_WECHAT_SERIAL", &self.serial, SANDBOX_SERIAL),
        ];
        let own = own.into_iter().filter(|(_, value, sandbox)| value == sandbox);
        lacking.extend(own.map(|(name, _, sandbox)| format!("{name}: {sandbox} is the sandbox's")));
        lacking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_s_settings_take_no_real_money() {
        let real = Settings {
            url: "https://api.mch.weixin.qq.com".into(),
            pages: vec!["https://wx.tenpay.com".into()],
            notify_url: None,
            merchant: "1".into(),
            app: "wx1".into(),
            serial: "1A".into(),
            keys: None,
        };
        assert_eq!(real.refuse_production_without(), Vec::<String>::new());
        for wrong in [
            Settings { url: "http://api.example".into(), ..real.clone() },
            Settings { pages: vec!["http://127.0.0.1:3002".into()], ..real.clone() },
            Settings { merchant: SANDBOX_MERCHANT.into(), ..real.clone() },
            Settings { app: SANDBOX_APP.into(), ..real.clone() },
            Settings { serial: SANDBOX_SERIAL.into(), ..real.clone() },
        ] {
            assert_eq!(wrong.refuse_production_without().len(), 1, "{wrong:?}");
        }
    }
}
