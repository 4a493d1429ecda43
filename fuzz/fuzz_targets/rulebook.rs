#![no_main]

use std::sync::LazyLock;

use fuzz::cases;
use libfuzzer_sys::fuzz_target;
use rules::families;
use rules::families::camera::{self, Camera, CameraCase};
use rules::hours::payment_deadline;
use rules::kernel::Setting;
use rules::rulebook::Rulebook;

const NATIONAL: &str = include_str!("../../rules/parameters/national.toml");

static CASES: LazyLock<Vec<CameraCase>> = LazyLock::new(|| cases(64));

fuzz_target!(|text: &str| {
    for files in [&[("national.toml", text)][..], &[("national.toml", NATIONAL), ("here.toml", text)]] {
        match Rulebook::load(files) {
            Ok(rulebook) => holds(&rulebook, files),
            Err(error) => {
                assert!(files.iter().any(|(name, _)| *name == error.file), "{error}");
                let lines = files.last().map_or(0, |(_, text)| text.lines().count());
                assert!((1..=lines.max(1) + 1).contains(&error.line), "{error}");
            }
        }
    }
});

/// What every rulebook that loads keeps to.
fn holds(rulebook: &Rulebook, files: &[(&str, &str)]) {
    assert_eq!(Rulebook::load(files).as_ref(), Ok(rulebook));
    let json = serde_json::to_string(rulebook).expect("a rulebook has a JSON form");
    assert_eq!(serde_json::from_str::<Rulebook>(&json).expect("its own JSON is read"), *rulebook);
    let places: Vec<_> = rulebook.jurisdictions.iter().map(|place| &place.id).collect();
    for place in std::iter::once(None).chain(places.into_iter().map(Some)) {
        for day in rulebook.change_days(place) {
            for parameter in families::parameters() {
                assert!(rulebook.in_force(place, parameter.code, day).is_some(), "{} {day}", parameter.code);
            }
        }
    }
    for case in CASES.iter() {
        let verdict = camera::assess(case, rulebook);
        assert_eq!(camera::assess(case, rulebook), verdict);
        let place = rulebook.place_of(&case.record.region).map(|place| &place.id);
        let parameters = rulebook.parameters::<Camera>(place, rules::calendar::local(case.now).date());
        let set = |parameter: &str| {
            let day = rules::calendar::local(case.now).date();
            rulebook.in_force(place, parameter, day).is_some_and(|dated| dated.value != Setting::None)
        };
        assert_eq!(set("closed-from"), set("closed-until"), "hours have both ends or none");
        let window = parameters.payment_window_minutes();
        let deadline = payment_deadline(case.now, window, parameters.closed_hours());
        assert!((deadline - case.now).num_minutes() >= window, "{deadline}");
    }
}
