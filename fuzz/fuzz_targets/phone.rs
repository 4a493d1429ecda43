#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::person::Phone;

fuzz_target!(|text: &str| {
    let Some(phone) = read::<Phone>(text) else { return };
    let printed = phone.as_str();
    assert!(printed.len() == 11 && printed.bytes().all(|byte| byte.is_ascii_digit()), "{printed}");
    for prefix in ["+86", "+86 ", "0086"] {
        assert_eq!(Phone::parse(&format!("{prefix}{printed}")).as_ref(), Ok(&phone));
    }
    assert_eq!(phone.masked(), format!("{}****{}", &printed[..3], &printed[7..]));
});
