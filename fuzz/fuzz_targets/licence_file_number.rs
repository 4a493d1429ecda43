#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::person::LicenceFileNumber;

fuzz_target!(|text: &str| {
    let Some(number) = read::<LicenceFileNumber>(text) else { return };
    let printed = number.to_string();
    assert!(printed.len() == 12 && printed.bytes().all(|byte| byte.is_ascii_digit()), "{printed}");
});
