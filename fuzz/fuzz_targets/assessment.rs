#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rules::Moment;
use rules::camera::Request;
use rules::parameters::PaymentChannels;
use rules::rulebook::Rulebook;
use serde_json::Value;
use server::api::assessments::CameraRecordRequest;

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::shipped);
static HERE: LazyLock<Request> = LazyLock::new(|| Request {
    now: "2026-11-18T02:00:00Z".parse().expect("a moment"),
    channels: PaymentChannels::all(),
});

fuzz_target!(|body: &[u8]| {
    let Some(answer) = judged(body) else { return };
    assert_eq!(judged(body).as_ref(), Some(&answer), "the same case is judged the same");
    let refusals = answer["refusals"].as_array().expect("a list of refusals");
    assert_eq!(answer["passes"], refusals.is_empty());
    for refusal in refusals {
        assert!(refusal["rule"].as_str().is_some_and(|rule| rule.contains('.')), "{refusal}");
        assert!(refusal["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{refusal}");
        if let Some(at) = refusal["passes_at"].as_str() {
            at.parse::<Moment>().expect("a moment");
        }
    }
});

fn judged(body: &[u8]) -> Option<Value> {
    let request: CameraRecordRequest = serde_json::from_slice(body).ok()?;
    let answer = request.judge(*HERE, &RULEBOOK).ok()?;
    Some(serde_json::to_value(&answer).expect("an answer has a JSON form"))
}
