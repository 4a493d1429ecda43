#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::plate::{PlateNumber, PlatePrefix};

fuzz_target!(|text: &str| {
    let Some(plate) = read::<PlateNumber>(text) else { return };
    let printed = plate.to_string();
    for written in [plate.spoken(), printed.to_lowercase(), format!(" {printed} ")] {
        assert_eq!(PlateNumber::parse(&written).as_ref(), Ok(&plate), "{written}");
    }
    assert_eq!(printed, format!("{}{}", plate.prefix(), plate.serial()));
    assert_eq!(read::<PlatePrefix>(&plate.prefix().to_string()), Some(plate.prefix()));
    let length = plate.serial().chars().count();
    assert_eq!(length, if plate.is_new_energy() { 6 } else { 5 });
});
