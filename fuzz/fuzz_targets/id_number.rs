#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::person::IdNumber;

fuzz_target!(|text: &str| {
    let Some(number) = read::<IdNumber>(text) else { return };
    let printed = number.as_str();
    assert_eq!(printed.len(), 18);
    assert_eq!(IdNumber::of_body(&printed[..17]), Ok(number.clone()));
    for other in "0123456789X".chars().filter(|other| !printed.ends_with(*other)) {
        assert!(IdNumber::parse(&format!("{}{other}", &printed[..17])).is_err(), "one check digit fits");
    }
    assert_eq!(number.birth().format("%Y%m%d").to_string(), printed[6..14]);
    assert_eq!(number.masked(), format!("{}***********{}", &printed[..3], &printed[14..]));
});
