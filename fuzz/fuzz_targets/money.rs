#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::money::Fen;

fuzz_target!(|input: (i64, &str)| {
    let (fen, text) = input;
    if let Ok(amount) = Fen::parse(text) {
        assert!(amount >= Fen::ZERO, "{amount}");
        assert_eq!(Fen::parse(&amount.to_string()), Ok(amount));
    }
    // Amounts come from the provider too: every one prints, with its sign.
    let printed = Fen::new(fen).to_string();
    assert_eq!(printed.starts_with('-'), fen < 0, "{printed}");
    let digits: String = printed.chars().filter(|character| *character != '.').collect();
    assert_eq!(digits.parse(), Ok(fen), "{printed}");
});
