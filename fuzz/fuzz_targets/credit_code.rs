#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::person::CreditCode;

fuzz_target!(|text: &str| {
    if let Ok(made) = CreditCode::of_body(text) {
        assert_eq!(read::<CreditCode>(&made.to_string()), Some(made));
    }
    let Some(code) = read::<CreditCode>(text) else { return };
    let printed = code.to_string();
    assert_eq!(printed.len(), 18);
    assert_eq!(CreditCode::of_body(&printed[..17]), Ok(code));
    for other in ('0'..='9').chain('A'..='Z').filter(|other| !printed.ends_with(*other)) {
        assert!(
            CreditCode::parse(&format!("{}{other}", &printed[..17])).is_err(),
            "one check character fits"
        );
    }
});
