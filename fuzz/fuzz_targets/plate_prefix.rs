#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::plate::PlatePrefix;

fuzz_target!(|input: (i64, &str)| {
    let (number, text) = input;
    if let Some(prefix) = read::<PlatePrefix>(text) {
        assert_eq!(PlatePrefix::from_number(prefix.number()), Some(prefix));
    }
    // The few numbers that mean something are tried more often than chance would.
    for number in [number, number % 1024] {
        if let Some(prefix) = PlatePrefix::from_number(number) {
            assert_eq!(prefix.number(), number);
            assert_eq!(read::<PlatePrefix>(&prefix.to_string()), Some(prefix), "{prefix}");
        }
    }
});
