#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::violation::{self, ViolationCode};

fuzz_target!(|text: &str| {
    let Some(code) = read::<ViolationCode>(text) else { return };
    if let Some(known) = violation::find(&code) {
        assert!(text.starts_with(known.code), "{text} is of {}", known.code);
        assert_eq!(violation::find(&code), Some(known));
    }
});
