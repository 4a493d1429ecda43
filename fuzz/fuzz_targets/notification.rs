#![no_main]

use fuzz::wire::{Authorization, Envelope, Refund, Transaction};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fuzz_target!(|text: &str| {
    if let Some(read) = Authorization::parse(text) {
        assert_eq!(Authorization::parse(&read.header()), Some(read));
    }
    shape::<Envelope>(text);
    shape::<Transaction>(text);
    shape::<Refund>(text);
});

/// What is read is written so that it reads again as the same.
fn shape<T: DeserializeOwned + Serialize>(text: &str) {
    let Ok(read) = serde_json::from_str::<T>(text) else { return };
    let written = serde_json::to_value(&read).expect("a shape has a JSON form");
    let again: T = serde_json::from_value(written.clone()).expect("its own JSON is read");
    assert_eq!(serde_json::to_value(&again).ok(), Some(written.clone()), "{written}");
    let said: Value = serde_json::from_str(text).expect("it was read before");
    for (name, value) in said.as_object().into_iter().flatten() {
        assert!(written.get(name).is_none_or(|kept| kept == value || kept.is_object()), "{name}: {written}");
    }
}
