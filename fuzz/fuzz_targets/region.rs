#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use rules::place::{PlaceId, RegionCode};
use rules::rulebook::Rulebook;
use std::sync::LazyLock;

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::shipped);

fuzz_target!(|text: &str| {
    if let Some(place) = read::<PlaceId>(text) {
        assert_eq!(place.as_str(), text);
    }
    let Some(region) = read::<RegionCode>(text) else { return };
    for length in [0, 2, 4, 6] {
        assert!(region.within(&text[..length]), "{region} lies in {}", &text[..length]);
    }
    if let Some(place) = RULEBOOK.place_of(&region) {
        assert!(
            place.regions.iter().any(|prefix| region.within(prefix)),
            "{region} is served by {}",
            place.id
        );
    }
});
