//! Sends SMS through a provider that takes one JSON object per text: `{"id", "phone", "text"}`, with a bearer token. The id is the same on
//! every try, so that the provider sends it once.

use std::time::Duration;

#[derive(Debug, thiserror::Error)]
#[error("the SMS provider: {0}")]
pub struct SmsError(String);

pub struct SmsSender {
    url: String,
    /// What the provider knows the program by.
    token: Option<String>,
    http: reqwest::Client,
}

impl SmsSender {
    pub fn new(url: &str, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).no_proxy().build();
        Self { url: url.to_owned(), token, http: http.expect("a client with a timeout is always built") }
    }

    pub async fn send(&self, id: &str, phone: &str, text: &str) -> Result<(), SmsError> {
        let body = serde_json::json!({ "id": id, "phone": phone, "text": text });
        let request = self.http.post(&self.url).json(&body);
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let sent = request.send().await;
        let answer = sent.and_then(reqwest::Response::error_for_status);
        answer.map(drop).map_err(|error| SmsError(error.without_url().to_string()))
    }
}
