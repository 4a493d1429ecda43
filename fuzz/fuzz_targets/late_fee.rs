#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rules::rulebook::Rulebook;
use serde_json::Value;
use server::api::late_fee::LateFeeRequest;

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::shipped);

fuzz_target!(|body: &[u8]| {
    let Ok(request) = serde_json::from_slice::<LateFeeRequest>(body) else { return };
    let Ok(answer) = request.compute(&RULEBOOK) else { return };
    let asked: Value = serde_json::from_slice(body).expect("it was read before");
    let answer = serde_json::to_value(&answer).expect("an answer has a JSON form");
    let number = |value: &Value| value.as_i64().expect("a whole number");
    let (fine, fee) = (number(&asked["fine"]), number(&answer["fee"]));
    assert!((0..=fine).contains(&fee), "never more than the fine: {answer}");
    assert_eq!(number(&answer["total"]), fine + fee);
    assert_eq!(fee > 0, number(&answer["days_late"]) > 0 && fine * 3 >= 100, "{answer}");
});
